import { assertImages, assertProbabilities } from './assert-metric-input.ts';
import { mean } from './mean.ts';

/**
 * Brier's score: the mean over the images of the squared errors' sum over the classes, 0 to 2 (G. W. Brier 1950).
 * scikit-learn's binary `brier_score_loss` is half of it.
 *
 * @param probabilities `[N, classes]`, row-major
 * @throws `OPTION_INVALID` when a probability is none, or there is no image
 */
export function brierScore(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
): number {
  assertImages('The Brier score', truth.length);
  assertProbabilities(probabilities, truth, classes);
  const errors = Float64Array.from(truth, (own, row) => {
    let sum = 0;
    for (let index = 0; index < classes; index += 1) {
      const error = (probabilities[row * classes + index] as number) - Number(index === own);
      sum += error * error;
    }
    return sum;
  });
  return mean(errors);
}

/**
 * Negative log-likelihood, in nats per image: scikit-learn's `log_loss`. Probabilities are clipped to
 * [eps, 1 - eps], eps that of their type: 2^-23 in a `Float32Array`, else 2^-52. So a certain mistake costs
 * 15.9 or 36.0 nats, not infinitely many.
 *
 * @param probabilities `[N, classes]`, row-major
 * @throws `OPTION_INVALID` when a probability is none, or there is no image
 */
export function negativeLogLikelihood(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
): number {
  assertImages('The likelihood', truth.length);
  assertProbabilities(probabilities, truth, classes);
  const eps = probabilities instanceof Float32Array ? 2 ** -23 : Number.EPSILON;
  const losses = Float64Array.from(truth, (own, row) => {
    const probability = probabilities[row * classes + own] as number;
    return -Math.log(Math.min(1 - eps, Math.max(eps, probability)));
  });
  return mean(losses);
}
