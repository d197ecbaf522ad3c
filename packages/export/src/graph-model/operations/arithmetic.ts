import type { GraphDraft } from '../../graph-draft.ts';
import { inKerasOrder } from '../../keras-order.ts';
import { unsupported } from '../../layer-converter.ts';
import { valueCount, type Value } from '../../value.ts';
import { broadcastShape, constantOperand } from '../constant-operand.ts';
import type { ActivationTensor } from '../graph-tensor.ts';
import { inputAt, type OperationConverter, type OperationPlace } from '../operation-converter.ts';

/** Both operands laid out alike, and what they give. */
interface Operands {
  readonly names: readonly [string, string];
  readonly output: Omit<Value, 'name'>;
  readonly isRows: boolean;
}

/** An ONNX operator of two inputs, at least one of which depends on the image. */
export function binary(opType: string): OperationConverter {
  return (place): ActivationTensor => {
    const { names, output, isRows } = operands(place);
    const name = place.draft.add(opType, { name: place.node.name, inputs: names });
    return { kind: 'activation', value: { ...output, name }, isRows };
  };
}

/** `(a - b)²`. */
export const squaredDifference: OperationConverter = (place): ActivationTensor => {
  const { names, output, isRows } = operands(place);
  const { draft, node } = place;
  const difference = draft.add('Sub', { name: `${node.name}/difference`, inputs: names });
  const name = draft.add('Mul', { name: node.name, inputs: [difference, difference] });
  return { kind: 'activation', value: { ...output, name }, isRows };
};

/** AddN: one Sum of values of equal shape. */
export const addN: OperationConverter = (place): ActivationTensor => {
  const { draft, node, inputs } = place;
  const values = inputs.map((_, index) => {
    const input = inputAt(place, index);
    if (input.kind === 'constant' || input.isRows === true) throw unsupported('it adds a constant');
    return inKerasOrder(draft, input.value);
  });
  const [first, ...others] = values;
  if (first === undefined || others.some(({ shape }) => shape.join() !== first.shape.join())) {
    throw unsupported('its inputs differ in shape');
  }
  const name = draft.add('Sum', { name: node.name, inputs: values.map((value) => value.name) });
  return { kind: 'activation', value: { ...first, name } };
};

function operands(place: OperationPlace): Operands {
  const { draft, node } = place;
  const [left, right] = [inputAt(place, 0), inputAt(place, 1)];
  if (left.kind === 'activation' && right.kind === 'activation') {
    return twoValues(draft, left, right);
  }
  const known = left.kind === 'constant' ? left : right;
  const unknown = left.kind === 'constant' ? right : left;
  if (known.kind !== 'constant' || unknown.kind !== 'activation') {
    throw unsupported('both of its inputs are constants');
  }
  const { value, isRows = false } = unknown;
  if (isRows && known.shape.length > 1 && known.shape.at(-2) !== 1) {
    throw unsupported('it works on the rows of a flattened feature map');
  }
  const { name: operand, shape } = constantOperand(draft, `${node.name}/constant`, known, value);
  const output = { ...value, shape: broadcastShape(value.shape, shape) };
  const isGrown = output.shape.join() !== value.shape.join();
  if (isGrown && (isRows || value.flattenedFrom !== undefined)) {
    throw unsupported('a constant would widen a flattened feature map');
  }
  return { names: left === known ? [operand, value.name] : [value.name, operand], output, isRows };
}

function twoValues(draft: GraphDraft, left: ActivationTensor, right: ActivationTensor): Operands {
  const isRows = left.isRows ?? false;
  if (isRows !== (right.isRows ?? false)) throw unsupported('only one of its inputs is flattened');
  const [a, b] = [left.value, right.value];
  if (a.shape.length !== b.shape.length) {
    throw unsupported(`its inputs have shapes [${a.shape.join(', ')}] and [${b.shape.join(', ')}]`);
  }
  const isAlike = sameOrder(a, b);
  const [first, second] = isAlike ? [a, b] : [inKerasOrder(draft, a), inKerasOrder(draft, b)];
  const shape = broadcastShape(first.shape, second.shape);
  const flattenedFrom = first.flattenedFrom ?? second.flattenedFrom;
  return {
    names: [first.name, second.name],
    output: { shape, ...(flattenedFrom === undefined ? {} : { flattenedFrom }) },
    isRows,
  };
}

/** Whether two values run through their elements alike: one number is in every order. */
function sameOrder(a: Value, b: Value): boolean {
  const [x, y] = [a.flattenedFrom, b.flattenedFrom];
  if (x === undefined || y === undefined) {
    return x === y || valueCount(x === undefined ? a : b) === 1;
  }
  return x.height === y.height && x.width === y.width && x.channels === y.channels;
}
