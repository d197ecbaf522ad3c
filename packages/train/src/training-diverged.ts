import type { LayersModel } from '@tensorflow/tfjs-node';
import { IsometryError } from '@isometry/core';
import type { Tfjs } from './tfjs.ts';

/** @throws `TRAINING_DIVERGED` unless `loss` is finite */
export function assertFiniteLoss(
  loss: number,
  where: { readonly stage: string; readonly epoch: number; readonly step: number },
): void {
  if (Number.isFinite(loss)) return;
  throw new IsometryError(
    'TRAINING_DIVERGED',
    `The loss became ${loss} in stage ${where.stage}, epoch ${where.epoch}, step ${where.step}.`,
    { hint: 'Lower the learning rate, or normalise the embedding.', details: { ...where } },
  );
}

/** Weights that a message names; the details have all. */
const NAMED = 3;

/**
 * Looks at every weight of a model, batch norm's statistics too. A loss does not tell: where a layer divides by
 * an infinite variance, or a rectifier makes 0 of NaN, every image gets the same finite answer.
 * @throws `TRAINING_DIVERGED` unless all of them are finite
 */
export function assertFiniteWeights(
  tf: Tfjs,
  model: LayersModel,
  where: { readonly stage: string; readonly epoch: number },
): void {
  const { weights } = model;
  // One number comes back for each weight.
  const isFinite = tf.tidy(() =>
    tf.stack(weights.map((weight) => tf.tidy(() => weight.read().isFinite().all()))).dataSync(),
  );
  const broken = weights.filter((_, index) => isFinite[index] !== 1);
  if (broken.length === 0) return;
  const counts = broken.map((weight) => {
    const values = weight.read().dataSync() as Float32Array;
    const notFinite = values.filter((value) => !Number.isFinite(value)).length;
    return { weight: weight.originalName, notFinite, of: values.length };
  });
  const named = counts
    .slice(0, NAMED)
    .map((one) => `${one.notFinite} of ${one.of} in ${one.weight}`);
  const more = counts.length - named.length;
  throw new IsometryError(
    'TRAINING_DIVERGED',
    `Weights became NaN or infinite in stage ${where.stage}, epoch ${where.epoch}: ${named.join(', ')}${
      more > 0 ? `, and some in ${more} more` : ''
    }.`,
    { hint: 'Lower the learning rate.', details: { ...where, weights: counts } },
  );
}
