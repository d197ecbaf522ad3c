import { assertEmbeddings, type EmbeddingDistance, type EmbeddingSet } from './embedding-set.ts';
import { scaleToUnit } from './rank-references.ts';

export interface NearestPrototypeOptions {
  /** Whose classes' means are the prototypes. @defaultValue the set itself, every image without itself */
  readonly reference?: EmbeddingSet | undefined;
  readonly distance: EmbeddingDistance;
}

/**
 * Accuracy of the class whose mean embedding is nearest: scikit-learn's `NearestCentroid`, without a reference by
 * leaving each image out of its class's mean. With cosine distance the mean is of unit vectors. Of equally near
 * means the smallest class wins. A class's only image has no mean without it: it cannot be right, and counts.
 *
 * @returns null without a query or without a prototype
 * @throws `OPTION_INVALID` when an embedding is not finite
 */
export function nearestPrototypeAccuracy(
  query: EmbeddingSet,
  { reference, distance }: NearestPrototypeOptions,
): number | null {
  assertEmbeddings(query, reference);
  const count = query.classes.length;
  const prototypes = findPrototypes(reference ?? query, distance);
  const itself = reference === undefined ? 1 : 0;
  const others = (reference ?? query).classes.length - itself;
  if (count === 0 || others < 1) return null;
  let right = 0;
  for (let row = 0; row < count; row += 1) {
    const own = query.classes[row] as number;
    const vector = vectorOf(query, row, distance);
    let [best, smallest] = [Number.NaN, Infinity];
    for (const prototype of prototypes) {
      const mean =
        itself === 1 && prototype.label === own
          ? meanWithout(prototype, vector, distance)
          : prototype.mean;
      const gap = mean === null ? Infinity : squaredDistance(vector, mean, distance);
      if (gap < smallest) [best, smallest] = [prototype.label, gap];
    }
    right += Number(best === own);
  }
  return right / count;
}

interface Prototype {
  readonly label: number;
  readonly count: number;
  readonly sum: Float64Array;
  /** For cosine of unit length, or 0. */
  readonly mean: Float64Array;
}

/** By class number. */
function findPrototypes(set: EmbeddingSet, distance: EmbeddingDistance): readonly Prototype[] {
  const labels = [...new Set(set.classes)].sort((a, b) => a - b);
  return labels.map((label) => {
    const sum = new Float64Array(set.size);
    let count = 0;
    for (const [row, own] of set.classes.entries()) {
      if (own !== label) continue;
      count += 1;
      addTo(sum, vectorOf(set, row, distance), 1);
    }
    return { label, count, sum, mean: toMean(sum.slice(), count, distance) };
  });
}

/** The mean of the class's other images, or null where there are none. */
function meanWithout(
  { sum, count }: Prototype,
  vector: Float64Array,
  distance: EmbeddingDistance,
): Float64Array | null {
  if (count === 1) return null;
  const rest = sum.slice();
  addTo(rest, vector, -1);
  return toMean(rest, count - 1, distance);
}

function addTo(sum: Float64Array, vector: Float64Array, factor: 1 | -1): void {
  for (let axis = 0; axis < sum.length; axis += 1) {
    sum[axis] = (sum[axis] as number) + factor * (vector[axis] as number);
  }
}

function toMean(sum: Float64Array, count: number, distance: EmbeddingDistance): Float64Array {
  for (let axis = 0; axis < sum.length; axis += 1) sum[axis] = (sum[axis] as number) / count;
  if (distance === 'cosine') scaleToUnit(sum);
  return sum;
}

function vectorOf(
  { data, size }: EmbeddingSet,
  row: number,
  distance: EmbeddingDistance,
): Float64Array {
  const vector = Float64Array.from(data.subarray(row * size, (row + 1) * size));
  if (distance === 'cosine') scaleToUnit(vector);
  return vector;
}

/** For cosine of unit vectors: 2, as of orthogonal ones, where one has no length. */
function squaredDistance(
  vector: Float64Array,
  mean: Float64Array,
  distance: EmbeddingDistance,
): number {
  let [sum, vectorSum, meanSum] = [0, 0, 0];
  for (let axis = 0; axis < vector.length; axis += 1) {
    const [left, right] = [vector[axis] as number, mean[axis] as number];
    sum += (left - right) * (left - right);
    vectorSum += left * left;
    meanSum += right * right;
  }
  return distance === 'cosine' && (vectorSum === 0 || meanSum === 0) ? 2 : sum;
}
