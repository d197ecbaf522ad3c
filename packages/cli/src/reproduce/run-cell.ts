import { readFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IsometryError, isIsometryError, type Progress } from '@isometry/core';
import { evaluateModel } from '../evaluate/evaluate-model.ts';
import { writeEvaluationData } from '../evaluate/write-evaluation.ts';
import { exportRunHere } from '../export/export-run.ts';
import { importTrainer } from '../import-trainer.ts';
import { makeFolder } from '../make-folder.ts';
import { readSpent, startCostMeter } from './cell-cost.ts';
import { assertRunIsOf, cellFolder, cellStatus, cellTrainOptions } from './cell-folder.ts';
import { readCellJson, writeCellFile, type CellResult } from './cell-result.ts';
import { cellId, type Cell } from './grid.ts';
import type { GridSettings } from './grid-settings.ts';

export interface RunCellOptions {
  readonly images: string;
  /** The folder of the reproduction. */
  readonly out: string;
  readonly settings: GridSettings;
  /** Digest of the images that the other cells were trained with; undefined for the first. */
  readonly dataDigest: string | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onWarning: (line: string) => void;
}

/**
 * Brings a cell to its end from wherever it is: trains it or goes on with its training, exports it, and evaluates the
 * exported file on its test images by the runtime. Killed at any moment, it can be called again.
 */
export async function runCell(cell: Cell, options: RunCellOptions): Promise<CellResult> {
  const folder = cellFolder(options.out, cell);
  const { settings, signal, images } = options;
  const { state, result: done } = await cellStatus(options.out, cell);
  if (done !== undefined) return done;
  const tell = ({ stage, ...progress }: Progress): void =>
    options.onProgress({ ...progress, stage: `${cellId(cell)} ${stage}` });
  await rm(folder.failure, { force: true });
  if (state === 'trained') await assertRunIsOf(cell, folder, settings);
  else await train(cell, options, tell, state === 'new');

  const started = performance.now();
  await exportRunHere(folder.run, { out: folder.model, signal, onProgress: tell });
  const measured = await evaluateModel(folder.model, images, {
    run: folder.run,
    providers: ['cpu'],
    maps: false,
    signal,
    onProgress: tell,
  });
  await writeEvaluationData(folder.path, measured);
  const metrics = (await readCellJson(join(folder.run, 'metrics.json'), folder.path)) as {
    readonly epochs: CellResult['epochs'];
    readonly seconds: { readonly total: number; readonly cpu: number };
  };
  const result: CellResult = {
    version: 1,
    cell,
    training: (await readSpent(folder.spent)) ?? {
      // Trained by `isometry train`, which writes down its last session.
      seconds: metrics.seconds.total,
      cpuSeconds: metrics.seconds.cpu,
      peakMemoryBytes: null,
      sessions: 1,
    },
    evaluationSeconds: (performance.now() - started) / 1000,
    epochs: metrics.epochs,
    scores: {
      accuracy: measured.evaluation.classification.accuracy.value,
      balancedAccuracy: measured.evaluation.classification.balancedAccuracy.value,
    },
  };
  await writeCellFile(folder.result, result);
  await clearCell(cell, options.out);
  return result;
}

/**
 * Removes what a cell that is done does not need: checkpoints, which are five times the model, and what a killed export
 * left.
 */
export async function clearCell(cell: Cell, out: string): Promise<void> {
  const folder = cellFolder(out, cell);
  await rm(join(folder.run, 'checkpoints'), { recursive: true, force: true });
  for (const name of await readdir(folder.path)) {
    if (!name.startsWith('.isometry-')) continue;
    // oxlint-disable-next-line no-await-in-loop -- one at most, as a rule
    await rm(join(folder.path, name), { recursive: true, force: true });
  }
}

async function train(
  cell: Cell,
  { images, out, settings, dataDigest, signal, onWarning }: RunCellOptions,
  onProgress: (progress: Progress) => void,
  isNew: boolean,
): Promise<void> {
  const folder = cellFolder(out, cell);
  const { trainClassifier } = await importTrainer();
  await makeFolder(folder.path);
  const meter = await startCostMeter(folder.spent);
  let isChecked = false;
  try {
    await trainClassifier({
      ...cellTrainOptions(cell, settings),
      images,
      out: folder.run,
      resume: true,
      signal,
      onProgress: (progress) => {
        // The digest is known when the images are read: before the first step, not after hours.
        if (!isChecked && progress.stage !== 'read-images') {
          isChecked = true;
          assertSameImages(folder.run, dataDigest);
        }
        meter.tick();
        onProgress(progress);
      },
      onWarning: ({ kind, message }) => onWarning(`${cellId(cell)}: ${kind}: ${message}`),
    });
  } catch (error) {
    if (isIsometryError(error) && error.details['otherImages'] === true) {
      // Of this session; one that somebody brought along stays for them to look at.
      if (isNew) await rm(folder.path, { recursive: true, force: true });
      throw error;
    }
    meter.stop();
    if (isIsometryError(error) && error.code === 'TRAINING_DIVERGED') {
      await writeCellFile(folder.failure, { version: 1, message: error.message });
    }
    throw error;
  }
  meter.stop();
}

/** @throws `RUN_INVALID` when a run was started with other images than the cells before it */
function assertSameImages(run: string, expected: string | undefined): void {
  const own = readDataDigest(run);
  if (expected === undefined || own === undefined || own === expected) return;
  throw new IsometryError(
    'RUN_INVALID',
    'The images are not those that the finished cells were trained with: they would not compare.',
    {
      hint: 'Put the images back, or name another folder with --out.',
      details: { otherImages: true, before: expected, now: own },
    },
  );
}

/** The digest of the images that a run was started with; undefined before it was. */
export function readDataDigest(run: string): string | undefined {
  try {
    const config = JSON.parse(readFileSync(join(run, 'config.json'), 'utf8')) as {
      readonly dataDigest?: string;
    };
    return config.dataDigest;
  } catch {
    return undefined;
  }
}
