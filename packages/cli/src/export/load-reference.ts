import { isIsometryError } from '@isometry/core';
import { loadPlainTfjs, type Tfjs } from '@isometry/export';
import { importTrainer } from '../import-trainer.ts';

/**
 * The TensorFlow.js that an export is compared with: libtensorflow where the trainer is set up, else plain
 * JavaScript, on fewer inputs because it takes seconds an image.
 * @throws `PACKAGE_MISSING`
 */
export async function loadReference(): Promise<Tfjs> {
  try {
    const { loadTfjs } = await importTrainer();
    return await loadTfjs();
  } catch (error) {
    const isAbsent =
      isIsometryError(error) &&
      (error.code === 'PACKAGE_MISSING' || error.code === 'TRAINER_UNAVAILABLE');
    if (!isAbsent) throw error;
    return loadPlainTfjs();
  }
}
