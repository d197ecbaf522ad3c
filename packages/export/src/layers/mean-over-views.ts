import * as z from 'zod';
import { intAttribute, intsAttribute } from '../attribute.ts';
import { inKerasOrder } from '../keras-order.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';

/** Our own layer: the mean of `[views * N, D]` over its views, the batches that lie one after the other. */
export const meanOverViews: LayerConverter = defineLayer(
  z.object({ views: z.int().min(1).max(64) }),
  (place) => {
    const { name, config, draft } = place;
    const input = inKerasOrder(draft, onlyInput(place));
    const [size] = input.shape;
    if (size === undefined || input.shape.length > 1) {
      throw unsupported('its input is a feature map, not a vector');
    }
    const target = draft.integersOf(`${name}/shape`, [config.views, -1, size]);
    const views = draft.add('Reshape', { name: `${name}/views`, inputs: [input.name, target] });
    const attributes = [intsAttribute('axes', [0]), intAttribute('keepdims', 0)];
    return {
      name: draft.add('ReduceMean', { name, inputs: [views], attributes }),
      shape: input.shape,
    };
  },
);
