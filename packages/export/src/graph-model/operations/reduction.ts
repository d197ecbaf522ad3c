import { intAttribute, intsAttribute } from '../../attribute.ts';
import { flatten } from '../../keras-order.ts';
import { unsupported } from '../../layer-converter.ts';
import { spatialShape, type Value } from '../../value.ts';
import { activation, type ActivationTensor } from '../graph-tensor.ts';
import { flagOf } from '../node-attributes.ts';
import { notBatch, tensorAxis } from '../nchw.ts';
import {
  numbersAt,
  resolveAxis,
  valueAt,
  type OperationConverter,
  type OperationPlace,
} from '../operation-converter.ts';

/** Mean, Max, Min, Sum and Prod over axes of the image; a mean or maximum of rows and columns is a global pool. */
export function reduction(opType: string, globalPool?: string): OperationConverter {
  return (place) => {
    const value = valueAt(place, 0);
    const rank = value.shape.length + 1;
    const axes = [
      ...new Set(numbersAt(place, 1).map((axis) => notBatch(resolveAxis(axis, rank)))),
    ].sort((a, b) => a - b);
    if (axes.length === 0) return activation(value);
    const keepsDims = flagOf(place.node, 'keep_dims') || flagOf(place.node, 'keepdims');
    const shape = value.shape.map((size, index) => (axes.includes(index + 1) ? 1 : size));
    if (spatialShape(value) !== undefined && axes.join() === '1,2' && globalPool !== undefined) {
      return pool(place, globalPool, value, { shape, keepsDims });
    }
    if (keepsDims) return activation({ name: reduce(place, opType, value, axes, true), shape });
    return activation(drop(place, opType, value, axes));
  };
}

function pool(
  { draft, node }: OperationPlace,
  opType: string,
  { name: input }: Value,
  { shape, keepsDims }: { readonly shape: readonly number[]; readonly keepsDims: boolean },
): ActivationTensor {
  const pixel = { name: draft.add(opType, { name: node.name, inputs: [input] }), shape };
  if (keepsDims) return activation(pixel);
  return { ...activation(flatten(draft, pixel, `${node.name}/flat`)), pixel };
}

/** Without the reduced axes. What is left of a feature map lies in TensorFlow's order. */
function drop(place: OperationPlace, opType: string, value: Value, axes: readonly number[]): Value {
  const shape = value.shape.filter((_, index) => !axes.includes(index + 1));
  const name = reduce(place, opType, value, axes, false);
  const leftChannels = spatialShape(value) !== undefined && !axes.includes(3);
  if (!leftChannels || shape.length < 2) return { name, shape };
  // One of rows and columns is gone: [N, C, W] becomes [N, W, C].
  const attributes = [intsAttribute('perm', [0, 2, 1])];
  const turned = place.draft.add('Transpose', {
    name: `${place.node.name}/Transpose`,
    inputs: [name],
    attributes,
  });
  return { name: turned, shape };
}

function reduce(
  { draft, node }: OperationPlace,
  opType: string,
  value: Value,
  tfAxes: readonly number[],
  keepsDims: boolean,
): string {
  const axes = tfAxes.map((axis) => tensorAxis(value, axis)).sort((a, b) => a - b);
  const keep = intAttribute('keepdims', keepsDims ? 1 : 0);
  // ReduceSum alone takes its axes as an input before opset 18.
  if (opType === 'ReduceSum') {
    const inputs = [value.name, draft.integersOf(`${node.name}/axes`, axes)];
    return draft.add(opType, { name: node.name, inputs, attributes: [keep] });
  }
  const attributes = [intsAttribute('axes', axes), keep];
  return draft.add(opType, { name: node.name, inputs: [value.name], attributes });
}

/** ArgMax and ArgMin. */
export const argument: OperationConverter = () => {
  throw unsupported('it gives the number of a class, not scores: name an output before it');
};
