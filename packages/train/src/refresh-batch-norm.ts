import { createRandom } from '@isometry/core';
import { estimateBatchNorm } from './batch-norm.ts';
import * as config from './config.ts';
import { loadInputs } from './forward.ts';
import type { StageHost } from './train-stage.ts';

/**
 * Estimates the batch norm statistics on a random part of the training images, as they are.
 * @param when which of the run's estimates this is: the same one takes the same images
 */
export async function refreshBatchNorm(
  host: StageHost,
  when: string,
  count: number = config.SUPPORT_IMAGES,
): Promise<void> {
  const chosen = createRandom(host.seed, `batch-norm/${when}`)
    .shuffled(host.train.images)
    .slice(0, count);
  await estimateBatchNorm(host.tf, host.model, loadInputs(host.tf, chosen, host));
}
