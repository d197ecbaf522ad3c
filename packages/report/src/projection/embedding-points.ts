import { IsometryError, type Progress } from '@isometry/core';

/** Vectors to be laid out in the plane: core's `EmbeddingSet` is one. */
export interface EmbeddingPoints {
  /** `[N, size]`, row-major. */
  readonly data: Float32Array | Float64Array;
  readonly size: number;
}

/** What every projection takes. */
export interface ProjectOptions {
  /** The same seed gives the same map, on one version of Node. @defaultValue 0 */
  readonly seed?: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/**
 * The number of points.
 * @throws `OPTION_INVALID` when the lengths do not fit or a value is no number
 */
export function countPoints({ data, size }: EmbeddingPoints): number {
  if (!Number.isInteger(size) || size < 1 || data.length % size !== 0) {
    throw new IsometryError(
      'OPTION_INVALID',
      `${data.length} numbers are no embeddings of ${size} each.`,
    );
  }
  const odd = data.findIndex((value) => !Number.isFinite(value));
  if (odd !== -1) {
    const row = Math.floor(odd / size);
    throw new IsometryError('OPTION_INVALID', `The embedding of row ${row} holds ${data[odd]}.`, {
      details: { row, value: String(data[odd]) },
    });
  }
  return data.length / size;
}

/** @throws `OPTION_INVALID` unless `value` lies in the range */
export function assertOption(
  name: string,
  value: number,
  low: number,
  high: number = Infinity,
): void {
  if (value >= low && value <= high) return;
  throw new IsometryError('OPTION_INVALID', `${name} is ${value}, not ${low} to ${high}.`);
}

/** Squared Euclidean distance of two rows. */
export function squaredDistance({ data, size }: EmbeddingPoints, a: number, b: number): number {
  let sum = 0;
  for (let at = a * size, other = b * size, end = at + size; at < end; at += 1, other += 1) {
    const difference = (data[at] as number) - (data[other] as number);
    sum += difference * difference;
  }
  return sum;
}
