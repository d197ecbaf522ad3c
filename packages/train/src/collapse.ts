import type { BatchStatistics } from './losses/metric-loss.ts';

/** Why an epoch of the embedding stage looks lost, in words for the person at the terminal. */
export type CollapseSign = 'constant-embedding' | 'classes-not-apart' | 'nothing-active';

/** Variance of the embeddings over their mean squared norm below which they are one point: float32 noise. */
const CONSTANT_SHARE = 1e-6;

/** Mean negative over mean positive distance below which the classes lie on top of each other. */
const APART = 1.01;

/** Epochs that a fresh network may take to get going. */
const GRACE_EPOCHS = 2;

const MESSAGES: Readonly<Record<CollapseSign, string>> = {
  'constant-embedding':
    'every image gets the same embedding (collapse): lower the learning rate, or take another loss or margin',
  'classes-not-apart':
    'images of different classes are as close as images of one class: the network has learned nothing yet',
  'nothing-active':
    'no pair or triplet of a whole epoch has a loss: the margin is reached, more epochs teach nothing',
};

/**
 * Looks for collapse in the means of an epoch's batch statistics.
 * @param epoch from 1; classes that are not apart are no news in the first epochs
 */
export function findCollapse(means: BatchStatistics, epoch: number): CollapseSign | undefined {
  const { embeddingVariance, embeddingNorm, positiveDistance, negativeDistance } = means;
  if (embeddingVariance <= CONSTANT_SHARE * embeddingNorm * embeddingNorm)
    return 'constant-embedding';
  if (means.activeShare === 0) return 'nothing-active';
  if (epoch > GRACE_EPOCHS && negativeDistance < APART * positiveDistance)
    return 'classes-not-apart';
  return undefined;
}

/** One line for people. */
export function describeCollapse(sign: CollapseSign): string {
  return MESSAGES[sign];
}
