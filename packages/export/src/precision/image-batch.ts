import type { Tensor } from '@isometry/core';

/** Images as a model takes them. */
export interface ImageBatch {
  /** `[n, 3, H, W]`, normalised. */
  readonly tensor: Tensor;
  /** SHA-256 of every image, lower-case hex, or another id that stands for it. */
  readonly digests: readonly string[];
  /** The index of every image's label, where it is known. */
  readonly truth?: readonly number[] | undefined;
}

/** Rows `from` to `to` of a tensor, as a view. */
export function sliceRows({ data, dims }: Tensor, from: number, to: number): Tensor {
  const size = dims.slice(1).reduce((product, length) => product * length, 1);
  return { data: data.subarray(from * size, to * size), dims: [to - from, ...dims.slice(1)] };
}
