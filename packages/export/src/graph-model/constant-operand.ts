import type { GraphDraft } from '../graph-draft.ts';
import { elementwise } from '../keras-order.ts';
import { unsupported } from '../layer-converter.ts';
import type { Value } from '../value.ts';
import { elementCount, type ConstantTensor } from './graph-tensor.ts';
import { floatsIn } from './operation-converter.ts';

/** A constant as an operand beside a value: its name in the graph, and its shape in TensorFlow's order. */
export interface ConstantOperand {
  readonly name: string;
  /** Without the batch; as long as the value's, or empty for a single number. */
  readonly shape: readonly number[];
}

/**
 * Lays a constant out so that it broadcasts against a value's ONNX tensor as TensorFlow broadcasts it: one number stays
 * one, the rest of a feature map's operand becomes `[channels, height, width]` with ones where it does not vary.
 */
export function constantOperand(
  draft: GraphDraft,
  name: string,
  tensor: ConstantTensor,
  value: Value,
): ConstantOperand {
  const rank = value.shape.length;
  const shape = withoutBatch(tensor.shape, rank);
  const data = floatsIn(tensor);
  if (data.length === 1) return { name: draft.float(name, [], data), shape: [] };
  // A feature map's ONNX tensor puts the last axis first, so its operand needs all three.
  const full = rank === 3 ? [...new Array<number>(3 - shape.length).fill(1), ...shape] : shape;
  const { dims, data: ordered } = elementwise(data, full, value);
  return { name: draft.float(name, dims, ordered), shape: full };
}

/** The shape that two operands broadcast to, both without the batch. */
export function broadcastShape(a: readonly number[], b: readonly number[]): readonly number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, axis) => {
    const left = a[axis - rank + a.length] ?? 1;
    const right = b[axis - rank + b.length] ?? 1;
    if (left !== right && left !== 1 && right !== 1) {
      throw unsupported(`[${a.join(', ')}] and [${b.join(', ')}] do not broadcast`);
    }
    return left === 1 ? right : left;
  });
}

/** A constant has no batch: where it has the full rank, its first size must be 1. */
function withoutBatch(shape: readonly number[], rank: number): readonly number[] {
  let rest = shape;
  while (rest.length > rank && rest[0] === 1) rest = rest.slice(1);
  if (rest.length > rank && elementCount(shape) > 1) {
    throw unsupported(`a constant of shape [${shape.join(', ')}] does not broadcast to it`);
  }
  return rest;
}
