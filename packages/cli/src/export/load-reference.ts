import { isIsometryError } from '@isometry/core';
import { importTrainer } from '../import-trainer.ts';

/**
 * The TensorFlow.js that an export is compared with: libtensorflow where the trainer is set up. Undefined elsewhere:
 * the exporter's own is plain JavaScript, on fewer inputs because it takes seconds an image.
 */
export async function loadReference(): Promise<unknown> {
  try {
    const { loadTfjs } = await importTrainer();
    return await loadTfjs();
  } catch (error) {
    const isAbsent =
      isIsometryError(error) &&
      (error.code === 'PACKAGE_MISSING' || error.code === 'TRAINER_UNAVAILABLE');
    if (isAbsent) return undefined;
    throw error;
  }
}
