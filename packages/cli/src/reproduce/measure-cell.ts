import { mkdtemp, rm, rmdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { IsometryError, isIsometryError, type Progress } from '@isometry/core';
import { importTrainer } from '../import-trainer.ts';
import { makeFolder } from '../make-folder.ts';
import { cellTrainOptions } from './cell-folder.ts';
import { cellId, type Cell } from './grid.ts';
import type { GridSettings } from './grid-settings.ts';

/**
 * What a training takes beside the steps that its plan counts: the evaluation after every epoch, the classifier and the
 * last measurement. Measured on ham3, MobileNet at 128 px with ten epochs: 1.1 to 1.2.
 */
const BESIDE_STEPS = 1.25;

/** Of the folders in which steps are measured: a killed process leaves one, which the next removes. */
export const MEASURE_PREFIX = '.measure-';

export interface MeasureCellOptions {
  readonly images: string;
  readonly out: string;
  readonly settings: GridSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
}

/** Measures a training step of a cell, without training it, and says how long the cell takes at most, in seconds. */
export async function measureCell(
  cell: Cell,
  { images, out, settings, signal, onProgress }: MeasureCellOptions,
): Promise<number> {
  const { trainClassifier } = await importTrainer();
  // Beside the cells, whose disk it tells about; never one of them.
  await makeFolder(resolve(out));
  const folder = await mkdtemp(join(resolve(out), MEASURE_PREFIX));
  const started = performance.now();
  let seconds: number | undefined;
  try {
    await trainClassifier({
      ...cellTrainOptions(cell, settings),
      images,
      out: join(folder, 'run'),
      signal,
      onProgress: (progress) =>
        onProgress({ ...progress, stage: `measure ${cellId(cell)} ${progress.stage}` }),
      onPlan: (plan) => {
        const readSeconds = (performance.now() - started) / 1000;
        seconds = readSeconds + BESIDE_STEPS * plan.atMostSeconds;
        throw new IsometryError('ABORTED', 'The plan was all that was wanted.');
      },
    });
  } catch (error) {
    const isOurs = seconds !== undefined && isIsometryError(error) && error.code === 'ABORTED';
    if (!isOurs) throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
    // A plan leaves no folder behind; one with cells in it stays.
    await rmdir(resolve(out)).catch(() => undefined);
  }
  return seconds ?? 0;
}
