import type { Scalar, Tensor2D } from '@tensorflow/tfjs-node';
import type { LossRecord } from '@isometry/core';
import type { Tfjs } from '../tfjs.ts';

/** The choices that the lifted structured loss leaves open, spelled out. */
export interface LiftedStructuredConfig {
  /** Whether embeddings are divided by their L2 norm, by the network, before the loss sees them. */
  readonly normalise: boolean;
  readonly distance: 'euclidean';
  readonly squared: false;
  /** How far apart different classes are pushed, in units of the distance; above 0. */
  readonly margin: number;
  readonly reduction: 'mean-positive-pairs';
}

/** Song et al. 2016 (arXiv 1511.06452) and the paper: embeddings as they are, margin 1. */
export const PAPER_LOSS: LiftedStructuredConfig = {
  normalise: false,
  distance: 'euclidean',
  squared: false,
  margin: 1,
  reduction: 'mean-positive-pairs',
};

/** The loss as the manifest records it; `custom` when a choice differs from the paper's. */
export function recordLoss(config: LiftedStructuredConfig): LossRecord {
  const isPaper = config.normalise === PAPER_LOSS.normalise && config.margin === PAPER_LOSS.margin;
  return { name: 'lifted-structured', preset: isPaper ? 'paper' : 'custom', ...config };
}

/**
 * Added to the exponent of a pair that must not count. Before `exp`, never as a factor after it: there
 * Infinity * 0 would be NaN. Finite, because the log-sum-exp of a row of -Infinity is NaN.
 */
const MASKED = -1e9;

/**
 * The lifted structured loss, eq. 4 of Song et al. 2016, with unsquared Euclidean distances D:
 * `1/(2|P|) * sum over positive pairs (i,j) of relu(J_ij)^2`, where
 * `J_ij = log(sum over negatives k of i of e^(margin - D_ik) + the same of j) + D_ij`.
 * One gradient function, B^2 memory for B embeddings (and B^2 * d for their differences, which keep
 * the precision that the Gram form loses below 3e-4). The gradient at D = 0 is 0. A batch without
 * positive pairs, or of a single class, costs 0.
 *
 * @param embeddings `[B, d]`
 * @param labels class indices, B of them
 */
export function liftedStructuredLoss(
  tf: Tfjs,
  embeddings: Tensor2D,
  labels: readonly number[],
  margin: number,
): Scalar {
  const { positive, negative, orderedPairs } = pairMasks(labels);
  const size = labels.length;
  const lossWithGradient = tf.customGrad((x, save) => {
    const e = x as Tensor2D;
    const keep = save as (tensors: Tensor2D[]) => void;
    const positives = tf.tensor2d(positive, [size, size]);
    const negatives = tf.tensor2d(negative, [size, size]);

    const differences = e.expandDims(1).sub(e.expandDims(0));
    const distances = differences.square().sum(2).sqrt() as Tensor2D;
    const exponents = tf.sub(margin, distances).add(tf.sub(1, negatives).mul(MASKED));
    const rows = exponents.logSumExp(1, true);
    const columns = rows.transpose();
    // log(e^a + e^b), without overflow.
    const both = tf
      .maximum(rows, columns)
      .add<Tensor2D>(rows.sub(columns).abs().neg().exp().log1p());
    const violations = both.add(distances).relu().mul(positives);
    const value = violations
      .square()
      .sum()
      .div<Scalar>(2 * orderedPairs);

    // W = dL/dD: directly through D_ij, and through every negative that a row's log-sum-exp holds.
    const direct = violations.div(orderedPairs);
    const throughRows = direct.mul(rows.sub(both).exp()).sum(1, true).mul(2);
    const weights = direct.sub(throughRows.mul(exponents.sub(rows).exp()).mul(negatives));
    const pull = weights.add(weights.transpose()).divNoNan(distances);
    const gradient = pull.expandDims(2).mul(differences).sum<Tensor2D>(1);
    keep([gradient]);
    return {
      value,
      gradFunc: (dy, saved) => (saved[0] as Tensor2D).mul(dy),
    };
  });
  return lossWithGradient(embeddings) as Scalar;
}

/** Which pairs count as positive and as negative; `orderedPairs` is at least 1, to divide by. */
function pairMasks(labels: readonly number[]): {
  positive: Float32Array;
  negative: Float32Array;
  orderedPairs: number;
} {
  const size = labels.length;
  const positive = new Float32Array(size * size);
  const negative = new Float32Array(size * size);
  let pairs = 0;
  for (let row = 0; row < size; row += 1) {
    for (let column = 0; column < size; column += 1) {
      const same = labels[row] === labels[column];
      if (!same) negative[row * size + column] = 1;
      else if (row !== column) {
        positive[row * size + column] = 1;
        pairs += 1;
      }
    }
  }
  return { positive, negative, orderedPairs: Math.max(1, pairs) };
}
