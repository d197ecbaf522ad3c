/** `cosine` is 1 - cos of the angle between two embeddings, whatever their norms; 1 from a zero vector. */
export type PairMeasure = 'euclidean' | 'squared-euclidean' | 'cosine';

/** How far the embeddings of a batch are from one another, and the way back to the embeddings. */
export interface PairDistances {
  /** `[B, B]` row by row, symmetric, 0 on the diagonal. */
  readonly distances: Float64Array;
  /** dL/dE `[B, d]` from dL/dD `[B, B]`. At a Euclidean distance of 0, which has no direction, it is 0. */
  gradientOf(weights: Float64Array): Float64Array;
}

/**
 * Measures all pairs by exact differences in float64. The Gram form `|a|^2 + |b|^2 - 2ab` would save a
 * few milliseconds and lose every distance below 3e-4 of the norm in float32.
 *
 * @param embeddings `[size, d]` row by row
 */
export function measurePairs(
  embeddings: Float32Array | Float64Array,
  size: number,
  measure: PairMeasure,
): PairDistances {
  const width = size === 0 ? 0 : embeddings.length / size;
  if (measure === 'cosine') return measureCosines(embeddings, size, width);
  const distances = squaredDistances(embeddings, size, width);
  if (measure === 'squared-euclidean') {
    const gradientOf = (weights: Float64Array) =>
      spreadOverRows(embeddings, size, width, weights, () => 2);
    return { distances, gradientOf };
  }
  for (const [index, value] of distances.entries()) distances[index] = Math.sqrt(value);
  const perDistance = (index: number) => {
    const distance = distances[index] as number;
    return distance === 0 ? 0 : 1 / distance;
  };
  return {
    distances,
    gradientOf: (weights) => spreadOverRows(embeddings, size, width, weights, perDistance),
  };
}

/** 1 - cos as half the squared distance of the unit vectors: exact where 1 - cos would cancel. */
function measureCosines(
  embeddings: Float32Array | Float64Array,
  size: number,
  width: number,
): PairDistances {
  const units = Float64Array.from(embeddings);
  const norms = new Float64Array(size);
  for (let row = 0; row < size; row += 1) {
    const unit = units.subarray(row * width, (row + 1) * width);
    // Scaled first: squares of very small numbers would be 0.
    const largest = unit.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    if (largest === 0) continue;
    let sum = 0;
    for (const value of unit) sum += (value / largest) ** 2;
    const norm = largest * Math.sqrt(sum);
    norms[row] = norm;
    for (const [axis, value] of unit.entries()) unit[axis] = value / norm;
  }
  const distances = squaredDistances(units, size, width);
  const hasAngle = (index: number) =>
    norms[Math.floor(index / size)] !== 0 && norms[index % size] !== 0;
  for (const [index, value] of distances.entries()) {
    const isDiagonal = index % (size + 1) === 0;
    distances[index] = isDiagonal || hasAngle(index) ? value / 2 : 1;
  }
  return {
    distances,
    gradientOf: (weights) => {
      const gradient = spreadOverRows(units, size, width, weights, (index) =>
        hasAngle(index) ? 1 : 0,
      );
      for (let row = 0; row < size; row += 1) {
        const unit = units.subarray(row * width, (row + 1) * width);
        const own = gradient.subarray(row * width, (row + 1) * width);
        // Only what is across the vector turns it.
        let along = 0;
        for (const [axis, value] of unit.entries()) along += value * (own[axis] as number);
        const norm = norms[row] as number;
        for (const [axis, value] of unit.entries()) {
          own[axis] = norm === 0 ? 0 : ((own[axis] as number) - along * value) / norm;
        }
      }
      return gradient;
    },
  };
}

function squaredDistances(
  rows: Float32Array | Float64Array,
  size: number,
  width: number,
): Float64Array {
  const squares = new Float64Array(size * size);
  for (let i = 0; i < size; i += 1) {
    for (let j = i + 1; j < size; j += 1) {
      let sum = 0;
      for (let a = i * width, b = j * width; a < (i + 1) * width; a += 1, b += 1) {
        const difference = (rows[a] as number) - (rows[b] as number);
        sum += difference * difference;
      }
      squares[i * size + j] = sum;
      squares[j * size + i] = sum;
    }
  }
  return squares;
}

/** Sums `(W_ij + W_ji) * factor_ij * (e_i - e_j)` over j, for every row i. */
function spreadOverRows(
  rows: Float32Array | Float64Array,
  size: number,
  width: number,
  weights: Float64Array,
  factor: (index: number) => number,
): Float64Array {
  const gradient = new Float64Array(size * width);
  for (let i = 0; i < size; i += 1) {
    for (let j = i + 1; j < size; j += 1) {
      const index = i * size + j;
      const weight = (weights[index] as number) + (weights[j * size + i] as number);
      const pull = weight === 0 ? 0 : weight * factor(index);
      if (pull === 0) continue;
      for (let a = i * width, b = j * width; a < (i + 1) * width; a += 1, b += 1) {
        const part = pull * ((rows[a] as number) - (rows[b] as number));
        gradient[a] = (gradient[a] as number) + part;
        gradient[b] = (gradient[b] as number) - part;
      }
    }
  }
  return gradient;
}
