import { unsupported } from '../layer-converter.ts';
import { onnxAxis, type Value } from '../value.ts';

/** TensorFlow's axis, which counts the batch as 0, as the axis of a value's ONNX tensor. */
export function tensorAxis({ shape }: Pick<Value, 'shape'>, axis: number): number {
  return axis === 0 ? 0 : onnxAxis(axis - 1, shape.length);
}

/** A list with one entry a TensorFlow axis in the order of the ONNX axes. */
export function inOnnxOrder<T>(list: readonly T[]): readonly T[] {
  return list.length === 4 ? [0, 3, 1, 2].map((axis) => list[axis] as T) : list;
}

/** Refuses an axis that is the batch. */
export function notBatch(axis: number): number {
  if (axis === 0) throw unsupported('it works across the batch');
  return axis;
}
