import { IsometryError, type PixelSpec } from '@isometry/core';
import type { OnnxModel } from '@isometry/onnx';
import type { ExportImages } from '../export-image.ts';
import type { ExportOptions } from '../export-options.ts';
import { quantizeInt8, type QuantizationReport } from '../precision/quantize-int8.ts';
import { spread } from '../spread.ts';
import { imageBatches, type NamedBatch } from './image-batches.ts';
import { overBudget } from './over-budget.ts';

/** What the figures of bench/README.md were measured with. */
const CALIBRATION_IMAGES = 128;
/** How many images decide which nodes stay in float32, at most: they are held in memory. */
const VALIDATION_IMAGES = 512;
const BATCH = 16;

/**
 * Makes an int8 graph: calibrated on the training images, searched on the validation images.
 * @throws `OPTION_INVALID` without images, `DATASET_UNREADABLE` when none can be read, `INFERENCE_FAILED`, `ABORTED`
 */
export async function quantizeModel(
  model: OnnxModel,
  spec: PixelSpec,
  options: ExportOptions,
): Promise<{ readonly model: OnnxModel; readonly report: QuantizationReport }> {
  const images = assertCalibrationImages(options.images);
  const { decode, signal, onProgress, createSession } = options;
  const count = options.calibrationImages ?? CALIBRATION_IMAGES;
  const read = { decode, spec, signal, batchSize: BATCH };
  const chosen = spread(images.calibration, count);
  const validation: NamedBatch[] = [];
  const validated = spread(images.validation, VALIDATION_IMAGES);
  let done = 0;
  const onImage = (): void => {
    onProgress?.({ stage: 'read-validation', done: ++done, total: validated.length });
  };
  for await (const batch of imageBatches(validated, { ...read, onImage })) validation.push(batch);
  let hasWarned = false;
  const warn = (message: string): void => {
    if (!hasWarned) options.onWarning?.(message);
    hasWarned = true;
  };
  const made = await quantizeInt8(model, {
    createSession,
    calibration: () => readable(imageBatches(chosen, read), chosen.length, warn),
    validation,
    maxDrop: options.maxDrop,
    reduceRange: options.reduceRange,
    signal,
    onProgress,
  });
  for (const message of overBudget(made.report, options.maxDrop)) options.onWarning?.(message);
  return made;
}

/**
 * Says how many of the images could not be read, once: calibration may ask for them twice.
 * @yields the batches
 * @throws `DATASET_UNREADABLE` when there was none
 */
async function* readable(
  batches: AsyncIterable<NamedBatch>,
  wanted: number,
  warn: (message: string) => void,
): AsyncGenerator<NamedBatch> {
  let read = 0;
  for await (const batch of batches) {
    read += batch.images.length;
    yield batch;
  }
  if (read === 0) {
    throw new IsometryError('DATASET_UNREADABLE', 'None of the calibration images can be read.', {
      hint: 'Check the folder of --images: JPEG, PNG and WebP are read.',
      details: { images: wanted },
    });
  }
  if (read < wanted) warn(`${wanted - read} of ${wanted} calibration images cannot be read.`);
}

/** @throws `OPTION_INVALID` without images to calibrate on */
export function assertCalibrationImages(images: ExportImages | undefined): ExportImages {
  if (images !== undefined && images.calibration.length > 0) return images;
  throw new IsometryError('OPTION_INVALID', 'int8 is calibrated on images, and there are none.', {
    hint: 'Name the folder with the images of the training with --images.',
    details: { option: 'images' },
  });
}
