import { realpath } from 'node:fs/promises';
import { dirname } from 'node:path';
import { IsometryError, type Precision } from '@isometry/core';
import type { ExportOptions } from './export-options.ts';
import { assertCalibrationImages } from './variants/quantize-model.ts';
import { assertWritable } from './write-files.ts';

/** What is made, by the options. */
export interface ChosenFiles {
  /** Whether `out` is the model itself and no folder. */
  readonly isFile: boolean;
  /** Each once, in the order that was asked for. */
  readonly precisions: readonly Precision[];
}

/**
 * Checks what does not depend on the model, before time is spent on it.
 * @param source the folder that the model lies in
 * @throws `OPTION_INVALID`, `FILE_WRITE_FAILED`
 */
export async function checkOptions(options: ExportOptions, source: string): Promise<ChosenFiles> {
  const { out, calibrationImages = 1, maxDrop = 0 } = options;
  if (out === '') throw invalid('out', 'The place to write to has no name.');
  const isFile = out.endsWith('.onnx');
  const precisions = [...new Set<Precision>(options.precisions ?? ['fp32'])];
  if (precisions.length === 0) throw invalid('precisions', 'No precision is asked for.');
  if (isFile && precisions.length > 1) throw invalid('precisions', 'One file has one precision.');
  if (!Number.isSafeInteger(calibrationImages) || calibrationImages < 1) {
    throw invalid('calibrationImages', `int8 cannot be calibrated on ${calibrationImages} images.`);
  }
  if (!(maxDrop >= 0 && maxDrop <= 1)) {
    throw invalid('maxDrop', `The accuracy cannot drop by ${100 * maxDrop} points.`);
  }
  if (precisions.includes('int8')) assertCalibrationImages(options.images);
  if (!isFile && (await isSame(out, source))) {
    // A run has a config.json, a stranger's folder often labels.txt and README.md.
    throw invalid('out', 'The export would replace files of the model that it is made from.');
  }
  await assertWritable(isFile ? dirname(out) : out);
  return { isFile, precisions };
}

/** Whether two paths lead to one folder; one that is not there is no other's. */
async function isSame(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all(
    [a, b].map((path) => realpath(path).catch(() => undefined)),
  );
  return first !== undefined && first === second;
}

const HINTS = {
  out: 'Name another folder, or a path that ends in .onnx for that one file.',
  precisions: 'Name a folder, or one precision.',
  calibrationImages: 'Give a whole number from 1.',
  maxDrop: 'Give 0 to 1 (on the command line 0 to 100 points).',
} as const;

function invalid(option: keyof typeof HINTS, problem: string): IsometryError {
  return new IsometryError('OPTION_INVALID', problem, { hint: HINTS[option], details: { option } });
}
