import { createRandom } from '@isometry/core';
import type { EmbeddingPoints } from './embedding-points.ts';
import { gaussian } from './gaussian.ts';

/** Rounds of the subspace iteration, and the change of direction at which it ends earlier. */
const ROUNDS = 200;
const SMALLEST_CHANGE = 1e-14;

/**
 * The coordinates of the points on their first two principal components, `[N, 2]`: where t-SNE and UMAP start, so that
 * the large distances mean something. Zeros where the points do not vary.
 */
export function principalPlane(points: EmbeddingPoints, count: number): Float64Array {
  const { size } = points;
  const mean = meanOf(points, count);
  const random = createRandom(0, 'report/principal-plane');
  let axes: Float64Array[] = [0, 1].map(() =>
    Float64Array.from({ length: size }, () => gaussian(random)),
  );
  for (let round = 0; round < ROUNDS; round += 1) {
    const next = orthonormal(timesCovariance(points, count, mean, axes));
    const change = Math.max(
      ...next.map((axis, at) => 1 - Math.abs(dot(axis, axes[at] as Float64Array))),
    );
    axes = next;
    if (round > 0 && change < SMALLEST_CHANGE) break;
  }
  return project(points, count, mean, axes.map(withSign));
}

function meanOf({ data, size }: EmbeddingPoints, count: number): Float64Array {
  const mean = new Float64Array(size);
  for (let row = 0; row < count; row += 1) {
    for (let at = 0; at < size; at += 1) {
      (mean[at] as number) += data[row * size + at] as number;
    }
  }
  // A sum of equal float32 is exact, so equal points are exactly their mean.
  return mean.map((sum) => sum / count);
}

/** `[N, 2]`: the centred points times each axis. */
function project(
  { data, size }: EmbeddingPoints,
  count: number,
  mean: Float64Array,
  axes: readonly Float64Array[],
): Float64Array {
  const result = new Float64Array(count * 2);
  for (let row = 0; row < count; row += 1) {
    axes.forEach((axis, component) => {
      let sum = 0;
      for (let at = 0; at < size; at += 1) {
        sum += ((data[row * size + at] as number) - (mean[at] as number)) * (axis[at] as number);
      }
      result[row * 2 + component] = sum;
    });
  }
  return result;
}

/** The covariance matrix, times the number of points, times each axis: without the matrix itself. */
function timesCovariance(
  points: EmbeddingPoints,
  count: number,
  mean: Float64Array,
  axes: readonly Float64Array[],
): Float64Array[] {
  const { data, size } = points;
  const projected = project(points, count, mean, axes);
  return axes.map((_, component) => {
    const result = new Float64Array(size);
    for (let row = 0; row < count; row += 1) {
      const weight = projected[row * 2 + component] as number;
      for (let at = 0; at < size; at += 1) {
        (result[at] as number) +=
          weight * ((data[row * size + at] as number) - (mean[at] as number));
      }
    }
    return result;
  });
}

/** Gram and Schmidt's; an axis without length becomes zero. */
function orthonormal([first, second]: readonly Float64Array[]): Float64Array[] {
  const one = unit(first as Float64Array, 0);
  const length = Math.sqrt(dot(second as Float64Array, second as Float64Array));
  const along = dot(one, second as Float64Array);
  const rest = (second as Float64Array).map((value, at) => value - along * (one[at] as number));
  // What is left of a second axis that lies on the first is rounding.
  return [one, unit(rest, length * 1e-12)];
}

function unit(vector: Float64Array, smallest: number): Float64Array {
  const length = Math.sqrt(dot(vector, vector));
  return length > smallest
    ? vector.map((value) => value / length)
    : new Float64Array(vector.length);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < a.length; at += 1) sum += (a[at] as number) * (b[at] as number);
  return sum;
}

/** An axis points to either side; here to where its largest entry is positive. */
function withSign(axis: Float64Array): Float64Array {
  let largest = 0;
  for (const value of axis) if (Math.abs(value) > Math.abs(largest)) largest = value;
  return largest < 0 ? axis.map((value) => -value) : axis;
}
