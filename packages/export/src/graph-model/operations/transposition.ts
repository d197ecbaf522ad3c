import { intsAttribute } from '../../attribute.ts';
import { inKerasOrder } from '../../keras-order.ts';
import { unsupported } from '../../layer-converter.ts';
import { activation } from '../graph-tensor.ts';
import { inOnnxOrder, tensorAxis } from '../nchw.ts';
import {
  numbersAt,
  resolveAxis,
  valueAt,
  type OperationConverter,
} from '../operation-converter.ts';

/** Transpose of the image's axes. One that merely undoes the layout needs no node. */
export const transposition: OperationConverter = (place) => {
  const { draft, node } = place;
  const input = inKerasOrder(draft, valueAt(place, 0));
  const rank = input.shape.length + 1;
  const permutation = numbersAt(place, 1).map((axis) => resolveAxis(axis, rank));
  if (permutation.length !== rank || new Set(permutation).size !== rank) {
    throw unsupported(`[${permutation.join(', ')}] is no order of its ${rank} axes`);
  }
  if (permutation[0] !== 0) throw unsupported('it moves the batch');
  const shape = permutation.slice(1).map((axis) => input.shape[axis - 1] as number);
  const perm = inOnnxOrder(permutation).map((axis) => tensorAxis(input, axis));
  if (perm.every((axis, index) => axis === index)) return activation({ ...input, shape });
  const attributes = [intsAttribute('perm', perm)];
  return activation({
    name: draft.add('Transpose', { name: node.name, inputs: [input.name], attributes }),
    shape,
  });
};
