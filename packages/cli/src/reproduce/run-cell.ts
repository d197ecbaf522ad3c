import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Progress } from '@isometry/core';
import { evaluateModel } from '../evaluate/evaluate-model.ts';
import { writeEvaluationData } from '../evaluate/write-evaluation.ts';
import { importOptional } from '../optional-package.ts';
import { writeWholeFile } from '../write-whole-file.ts';
import { readSpent, startCostMeter, type CellCost } from './cell-cost.ts';
import { assertRunIsOf, cellFolder, cellState, cellTrainOptions } from './cell-folder.ts';
import { cellId, type Cell } from './grid.ts';
import type { GridSettings } from './grid-settings.ts';

export interface RunCellOptions {
  readonly images: string;
  /** The folder of the reproduction. */
  readonly out: string;
  readonly settings: GridSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onWarning: (line: string) => void;
}

/** cell.json: that a cell is done, and what it took. */
export interface CellResult {
  readonly version: 1;
  readonly cell: Cell;
  readonly training: CellCost;
  /** Seconds of export and evaluation. */
  readonly evaluationSeconds: number;
  /** The epoch that each stage ended with, from 1, by stage. */
  readonly epochs: Readonly<Record<string, number>>;
  /** On the test images, 0 to 1; evaluation.json has the rest. */
  readonly scores: { readonly accuracy: number; readonly balancedAccuracy: number };
}

/**
 * Brings a cell to its end from wherever it is: trains it or goes on with its training, exports it, and evaluates the
 * exported file on its test images by the runtime. Killed at any moment, it can be called again.
 */
export async function runCell(cell: Cell, options: RunCellOptions): Promise<CellResult> {
  const folder = cellFolder(options.out, cell);
  const { settings, signal, images } = options;
  const state = cellState(folder);
  if (state === 'done') return readCellResult(cell, options.out);
  const tell = ({ stage, ...progress }: Progress): void =>
    options.onProgress({ ...progress, stage: `${cellId(cell)} ${stage}` });
  if (state === 'trained') await assertRunIsOf(cell, folder, settings);
  else await train(cell, options, tell);

  const started = performance.now();
  const { exportRun } = await importOptional(
    '@isometry/export',
    () => import('@isometry/export'),
    'npm install --ignore-scripts @isometry/export',
  );
  const [{ createImageDecoder }, { createSession }] = await Promise.all([
    import('@isometry/pixels'),
    import('@isometry/runtime-node'),
  ]);
  await exportRun(folder.run, {
    out: folder.model,
    decode: createImageDecoder(),
    createSession: (model) => createSession(model, { providers: ['cpu'], signal }),
    signal,
    onProgress: tell,
  });
  const measured = await evaluateModel(folder.model, images, {
    run: folder.run,
    providers: ['cpu'],
    maps: false,
    signal,
    onProgress: tell,
  });
  await writeEvaluationData(folder.path, measured);
  const metrics = JSON.parse(await readFile(join(folder.run, 'metrics.json'), 'utf8')) as {
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
  await writeWholeFile(folder.result, `${JSON.stringify(result, undefined, 2)}\n`);
  // Weights, averages and moments: five times the model, and of no use any more.
  await rm(join(folder.run, 'checkpoints'), { recursive: true, force: true });
  return result;
}

async function train(
  cell: Cell,
  { images, out, settings, signal, onWarning }: RunCellOptions,
  onProgress: (progress: Progress) => void,
): Promise<void> {
  const folder = cellFolder(out, cell);
  const { trainClassifier } = await importTrainer();
  await mkdir(folder.path, { recursive: true });
  const meter = await startCostMeter(folder.spent);
  try {
    await trainClassifier({
      ...cellTrainOptions(cell, settings),
      images,
      out: folder.run,
      resume: true,
      signal,
      onProgress: (progress) => {
        meter.tick();
        onProgress(progress);
      },
      onWarning: ({ kind, message }) => onWarning(`${cellId(cell)}: ${kind}: ${message}`),
    });
  } finally {
    meter.stop();
  }
}

export function importTrainer(): Promise<typeof import('@isometry/train')> {
  return importOptional(
    '@isometry/train',
    () => import('@isometry/train'),
    'npm install --ignore-scripts @isometry/train && npx isometry setup train',
  );
}

/** The cell.json of a cell that is done. */
export async function readCellResult(cell: Cell, out: string): Promise<CellResult> {
  return JSON.parse(await readFile(cellFolder(out, cell).result, 'utf8')) as CellResult;
}
