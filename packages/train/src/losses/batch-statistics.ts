import type { PairMeasure } from './pair-distances.ts';
import { shareOf } from './pair-loss.ts';

/** What makes a collapse visible; every number is finite, and 0 where there is nothing to average. */
export interface BatchStatistics {
  /** Mean distance of the pairs of one class, never squared. */
  readonly positiveDistance: number;
  /** Mean distance of the pairs of two classes, never squared. */
  readonly negativeDistance: number;
  /** Share of the loss' terms that are not 0; 0 to 1. */
  readonly activeShare: number;
  /** Mean squared Euclidean distance of the embeddings from their mean. */
  readonly embeddingVariance: number;
  /** Mean L2 norm of the embeddings. */
  readonly embeddingNorm: number;
}

/** @param embeddings `[B, d]` row by row; `distances` `[B, B]` are theirs by `measure` */
export function summariseBatch(
  embeddings: Float32Array | Float64Array,
  labels: readonly number[],
  distances: Float64Array,
  measure: PairMeasure,
  activeShare: number,
): BatchStatistics {
  const size = labels.length;
  const sums = { positive: 0, negative: 0 };
  const counts = { positive: 0, negative: 0 };
  for (let i = 0; i < size; i += 1) {
    for (let j = i + 1; j < size; j += 1) {
      const kind = labels[i] === labels[j] ? 'positive' : 'negative';
      const distance = distances[i * size + j] as number;
      sums[kind] += measure === 'squared-euclidean' ? Math.sqrt(distance) : distance;
      counts[kind] += 1;
    }
  }
  return {
    positiveDistance: shareOf(sums.positive, counts.positive),
    negativeDistance: shareOf(sums.negative, counts.negative),
    activeShare,
    ...describeSpread(embeddings, size),
  };
}

function describeSpread(
  embeddings: Float32Array | Float64Array,
  size: number,
): Pick<BatchStatistics, 'embeddingVariance' | 'embeddingNorm'> {
  const width = size === 0 ? 0 : embeddings.length / size;
  const means = new Float64Array(width);
  for (const [index, value] of embeddings.entries()) {
    means[index % width] = (means[index % width] as number) + value / size;
  }
  let variance = 0;
  let norms = 0;
  for (let row = 0; row < size; row += 1) {
    let square = 0;
    for (let axis = 0; axis < width; axis += 1) {
      const value = embeddings[row * width + axis] as number;
      square += value * value;
      variance += (value - (means[axis] as number)) ** 2;
    }
    norms += Math.sqrt(square);
  }
  return { embeddingVariance: shareOf(variance, size), embeddingNorm: shareOf(norms, size) };
}
