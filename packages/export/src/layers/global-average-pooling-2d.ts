import * as z from 'zod';
import { channelsLast } from '../convolution-window.ts';
import { flatten } from '../keras-order.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';
import { spatialShape } from '../value.ts';

/** The mean over rows and columns. */
export const globalAveragePooling2D: LayerConverter = defineLayer(
  z.object({
    data_format: channelsLast,
    keepdims: z.literal(false).optional(),
    keep_dims: z.literal(false).optional(),
  }),
  (place) => {
    const { name, draft } = place;
    const input = onlyInput(place);
    const size = spatialShape(input);
    if (size === undefined) throw unsupported('its input is not a feature map');
    const pooled = draft.add('GlobalAveragePool', { name, inputs: [input.name] });
    return flatten(draft, { name: pooled, shape: [1, 1, size.channels] }, `${name}/flat`);
  },
);
