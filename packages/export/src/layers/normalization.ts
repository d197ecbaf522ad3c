import * as z from 'zod';
import { axesSchema, shapeIndex } from '../keras-axis.ts';
import { inKerasOrder } from '../keras-order.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';
import { onnxShape } from '../value.ts';

/** The smallest deviation that Keras divides by. */
const EPSILON = 1e-7;

/**
 * Keras' `(x - mean) / max(√variance, 1e-7)` with statistics that were adapted to the data, in EfficientNet. tfjs has no
 * such class, but its converter writes it.
 */
export const normalization: LayerConverter = defineLayer(
  z.object({
    axis: axesSchema.default([-1]),
    mean: z.null('only statistics that are weights can be written').optional(),
    variance: z.null('only statistics that are weights can be written').optional(),
    invert: z.literal(false).optional(),
  }),
  (place) => {
    const { name, config, draft } = place;
    const input = inKerasOrder(draft, onlyInput(place));
    const last = input.shape.length - 1;
    const [index, ...others] = config.axis.map((axis) => shapeIndex(axis, last + 1));
    if (index !== last || others.length > 0) throw unsupported('its axis is not the last one');
    const size = input.shape[last] as number;
    const dims = onnxShape(input.shape.map((_, at) => (at === last ? size : 1)));
    const mean = draft.float(`${name}/mean`, dims, place.weight('mean', [size]));
    const deviation = place
      .weight('variance', [size])
      .map((variance) => Math.max(Math.sqrt(variance), EPSILON));
    const centred = draft.add('Sub', { name: `${name}/centred`, inputs: [input.name, mean] });
    const inputs = [centred, draft.float(`${name}/deviation`, dims, deviation)];
    return { ...input, name: draft.add('Div', { name, inputs }) };
  },
);
