import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { encodeNpy, IsometryError } from '@isometry/core';

/** The batch at which a loss became no number. */
export interface FailedBatch {
  readonly stage: string;
  readonly epoch: number;
  readonly step: number;
  readonly loss: number;
  /** Paths inside the image folder, with the label of each. */
  readonly images: readonly { readonly file: string; readonly label: string }[];
  /** What the network was given, `[N, H, W, 3]`. */
  readonly input: Float32Array;
  readonly shape: readonly number[];
}

/**
 * Saves the batch as `failed-batch.json` and `failed-batch.npy` into the run folder and makes the error
 * that stops the run.
 */
export async function reportFailedBatch(
  folder: string,
  batch: FailedBatch,
): Promise<IsometryError> {
  const { input, shape, ...about } = batch;
  const json = join(folder, 'failed-batch.json');
  // The error counts more than the files: a disk that is full must not hide it.
  const isSaved = await Promise.all([
    writeFile(
      json,
      `${JSON.stringify({ ...about, loss: String(about.loss), shape }, undefined, 2)}\n`,
    ),
    writeFile(join(folder, 'failed-batch.npy'), encodeNpy(input, shape)),
  ]).then(
    () => true,
    () => false,
  );
  return new IsometryError(
    'TRAINING_DIVERGED',
    `The loss became ${batch.loss} in stage ${batch.stage}, epoch ${batch.epoch}, step ${batch.step}.`,
    {
      hint: `Lower the learning rate, or normalise the embedding.${
        isSaved ? ` The batch is in ${json} and failed-batch.npy.` : ''
      }`,
      details: {
        stage: batch.stage,
        epoch: batch.epoch,
        step: batch.step,
        files: batch.images.map(({ file }) => file),
        ...(isSaved ? { saved: json } : {}),
      },
    },
  );
}
