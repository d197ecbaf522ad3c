import { IsometryError } from '@isometry/core';

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
