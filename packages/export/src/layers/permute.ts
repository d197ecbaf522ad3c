import * as z from 'zod';
import { intsAttribute } from '../attribute.ts';
import { inKerasOrder } from '../keras-order.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';
import { onnxAxis, onnxShape } from '../value.ts';

/** The axes in another order, counted from 1 as the batch is 0. */
export const permute: LayerConverter = defineLayer(
  z.object({ dims: z.array(z.int().min(1)).min(1) }),
  (place) => {
    const { name, config, draft } = place;
    const input = inKerasOrder(draft, onlyInput(place));
    const rank = input.shape.length;
    const { dims } = config;
    if (dims.toSorted((a, b) => a - b).join() !== input.shape.map((_, at) => at + 1).join()) {
      throw unsupported(`its order ${dims.join(', ')} is none of ${rank} axes`);
    }
    const shape = dims.map((axis) => input.shape[axis - 1] as number);
    const moved = onnxShape(dims).map((axis) => onnxAxis(axis - 1, rank));
    const attributes = [intsAttribute('perm', [0, ...moved])];
    return { name: draft.add('Transpose', { name, inputs: [input.name], attributes }), shape };
  },
);
