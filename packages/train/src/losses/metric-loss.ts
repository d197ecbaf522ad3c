import { summariseBatch, type BatchStatistics } from './batch-statistics.ts';
import { contrastiveLoss } from './contrastive-loss.ts';
import { generalizedLiftedLoss } from './generalized-lifted-loss.ts';
import { liftedStructuredLoss } from './lifted-structured-loss.ts';
import type { MetricLossConfig, MetricLossName } from './metric-loss-config.ts';
import { multiSimilarityLoss } from './multi-similarity-loss.ts';
import { measurePairs, type PairMeasure } from './pair-distances.ts';
import type { PairLoss } from './pair-loss.ts';
import { supervisedContrastiveLoss } from './supervised-contrastive-loss.ts';
import { tripletLoss } from './triplet-loss.ts';

export type { BatchStatistics } from './batch-statistics.ts';
export type { MetricLossConfig } from './metric-loss-config.ts';

/** What a metric loss says of one batch. */
export interface LossResult {
  readonly value: number;
  /** dL/dE, `[B, d]` row by row. */
  readonly gradient: Float64Array;
  readonly statistics: BatchStatistics;
}

/**
 * A loss over the pairs of a batch.
 * @param embeddings `[B, d]` row by row, as the network gives them: divided by their norm, if at all, by its last layer
 * @param labels class of every row; any integers
 */
export type MetricLoss = (
  embeddings: Float32Array | Float64Array,
  labels: readonly number[],
) => LossResult;

const PAIR_LOSSES: {
  readonly [Name in MetricLossName]: (
    config: Extract<MetricLossConfig, { name: Name }>,
  ) => PairLoss;
} = {
  contrastive: contrastiveLoss,
  triplet: tripletLoss,
  'lifted-structured': liftedStructuredLoss,
  'generalized-lifted': generalizedLiftedLoss,
  'multi-similarity': multiSimilarityLoss,
  'supervised-contrastive': supervisedContrastiveLoss,
};

/**
 * Makes the loss that a config spells out, computed in float64 with one closed-form gradient. A batch
 * without a positive or without a negative pair costs what the formula leaves of it, 0 as a rule. The
 * gradient of a Euclidean distance of 0 is 0; where a hinge or a choice of triplets has a kink, it is that
 * of one side. Embeddings that hold NaN or an infinity cost NaN.
 */
export function createMetricLoss(config: MetricLossConfig): MetricLoss {
  // Its own name chooses it, which is more than the compiler follows.
  const pairLoss = (PAIR_LOSSES[config.name] as (config: MetricLossConfig) => PairLoss)(config);
  const measure = measureOf(config);
  return (embeddings, labels) => {
    if (!embeddings.every(Number.isFinite)) return notANumber(embeddings.length);
    const pairs = measurePairs(embeddings, labels.length, measure);
    const { value, weights, activeShare } = pairLoss(pairs.distances, labels);
    return {
      value,
      gradient: pairs.gradientOf(weights),
      statistics: summariseBatch(embeddings, labels, pairs.distances, measure, activeShare),
    };
  };
}

/** The contrastive loss squares its terms, not what it measures: its margin is one of plain distances. */
function measureOf(config: MetricLossConfig): PairMeasure {
  if (config.name === 'triplet' && config.squared) return 'squared-euclidean';
  return config.distance;
}

function notANumber(length: number): LossResult {
  return {
    value: NaN,
    gradient: new Float64Array(length).fill(NaN),
    statistics: {
      positiveDistance: 0,
      negativeDistance: 0,
      activeShare: 0,
      embeddingVariance: 0,
      embeddingNorm: 0,
    },
  };
}
