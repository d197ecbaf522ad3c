import * as z from 'zod';
import { inKerasOrder, reshapeTo } from '../keras-order.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';

/** A vector n times, one below the other. */
export const repeatVector: LayerConverter = defineLayer(
  z.object({ n: z.int().min(1) }),
  (place) => {
    const { name, draft } = place;
    const { n } = place.config;
    const input = inKerasOrder(draft, onlyInput(place));
    const [size] = input.shape;
    if (size === undefined || input.shape.length > 1)
      throw unsupported('its input is not a vector');
    const row = reshapeTo(draft, input, [1, size], `${name}/row`);
    const times = draft.integersOf(`${name}/times`, [1, n, 1]);
    return { name: draft.add('Tile', { name, inputs: [row.name, times] }), shape: [n, size] };
  },
);
