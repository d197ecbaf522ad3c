import * as z from 'zod';
import { shapeIndex } from '../keras-axis.ts';
import { elementwise } from '../keras-order.ts';
import { defineLayer, onlyInput, type LayerConverter } from '../layer-converter.ts';

/** `x` above 0, `alpha x` below, with an alpha for each value; on shared axes there is one for all. */
export const pReLU: LayerConverter = defineLayer(
  z.object({
    shared_axes: z.union([z.int().transform((axis) => [axis]), z.array(z.int())]).nullish(),
  }),
  (place) => {
    const { name, config, draft } = place;
    const input = onlyInput(place);
    const rank = input.shape.length;
    const shared = new Set((config.shared_axes ?? []).map((axis) => shapeIndex(axis, rank)));
    const shape = input.shape.map((size, index) => (shared.has(index) ? 1 : size));
    const { dims, data } = elementwise(place.weight('alpha', shape), shape, input);
    const inputs = [input.name, draft.float(`${name}/alpha`, dims, data)];
    return { ...input, name: draft.add('PRelu', { name, inputs }) };
  },
);
