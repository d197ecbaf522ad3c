import type { Value } from '../value.ts';

/** A size, or a multiple of the batch, which is not known. */
export type Size = number | BatchMultiple;

/** `perImage` times the batch. */
export interface BatchMultiple {
  readonly perImage: number;
}

/** The batch itself. */
export const BATCH: BatchMultiple = { perImage: 1 };

/** What is known before any image is: a weight, or arithmetic with shapes. */
export interface ConstantTensor {
  readonly kind: 'constant';
  /** In full, TensorFlow's. */
  readonly shape: readonly number[];
  readonly isFloat: boolean;
  /** Row-major. */
  readonly data: ArrayLike<Size>;
}

/** What depends on the image. */
export interface ActivationTensor {
  readonly kind: 'activation';
  readonly value: Value;
  /**
   * True for TensorFlow's view of `[N, …, C]` as a matrix of `N · …` rows: what a Dense layer on a feature map makes
   * of it. The tensor itself keeps its shape.
   */
  readonly isRows?: boolean;
  /** The `[1, 1, channels]` of which this vector is the flat view: what reshapes it back needs no node. */
  readonly pixel?: Value;
}

/** An output of a TensorFlow operation. */
export type GraphTensor = ConstantTensor | ActivationTensor;

export function activation(value: Value): ActivationTensor {
  return { kind: 'activation', value };
}

export function constant(
  shape: readonly number[],
  data: ArrayLike<Size>,
  isFloat: boolean,
): ConstantTensor {
  return { kind: 'constant', shape, isFloat, data };
}

/** TensorFlow's shape, the batch in front. */
export function fullShape(tensor: GraphTensor): readonly Size[] {
  if (tensor.kind === 'constant') return tensor.shape;
  const { shape } = tensor.value;
  if (tensor.isRows !== true) return [BATCH, ...shape];
  return [{ perImage: elementCount(shape.slice(0, -1)) }, shape.at(-1) ?? 1];
}

export function elementCount(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** Distance in the flat data from one element to the next along each axis. */
export function stridesOf(shape: readonly number[]): readonly number[] {
  return shape.map((_, axis) => elementCount(shape.slice(axis + 1)));
}

export function isBatchMultiple(size: Size | undefined): size is BatchMultiple {
  return typeof size === 'object';
}
