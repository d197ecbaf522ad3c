import { join, resolve } from 'node:path';
import { IsometryError, isIsometryError, throwIfAborted, type Progress } from '@isometry/core';
import { withCacheLock } from '../setup/cache-lock.ts';
import {
  cellsToMeasure,
  estimateCell,
  planBudget,
  type BudgetPlan,
  type CellEstimate,
} from './budget.ts';
import { cellFolder, cellState } from './cell-folder.ts';
import { cellId, type Cell } from './grid.ts';
import type { GridSettings } from './grid-settings.ts';
import { measureCell } from './measure-cell.ts';
import { readCellResult, runCell, type CellResult } from './run-cell.ts';

export interface RunGridOptions {
  readonly images: string;
  readonly out: string;
  readonly settings: GridSettings;
  readonly cells: readonly Cell[];
  /** Time for everything from the first cell's start; undefined for as long as it takes. */
  readonly budgetSeconds?: number | undefined;
  /** Whether only the plan is wanted. */
  readonly planOnly: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onWarning: (line: string) => void;
  readonly onPlan: (plan: GridPlan) => void;
  readonly onCell: (result: CellResult) => void;
}

export interface GridPlan extends BudgetPlan {
  /** Cells that are done already. */
  readonly done: readonly Cell[];
  /** Cells, planned or left, that are trained and not evaluated. */
  readonly trained: readonly Cell[];
  readonly budgetSeconds: number | undefined;
  /** Whether the seconds are known: without a budget and a finished cell nobody measured them. */
  readonly isEstimated: boolean;
}

/** How the cells ended. */
export interface GridOutcome {
  readonly finished: readonly CellResult[];
  /** Cells whose training failed, which is a result too. */
  readonly failed: readonly { readonly cell: Cell; readonly message: string }[];
  /** Cells that are still to be trained. */
  readonly left: readonly Cell[];
}

/**
 * Trains the cells of a grid one after the other, as far as the time goes. Every cell keeps what it has done, so that the
 * same call goes on where the last one ended, was stopped or was killed.
 * @throws `OPTION_INVALID` when another process works in the folder; what training throws, but
 *   `TRAINING_DIVERGED`, which is that cell's outcome
 */
export async function runGrid(options: RunGridOptions): Promise<GridOutcome> {
  const { out } = options;
  return withCacheLock(join(resolve(out), '.lock'), () => runLocked(options), {
    signal: options.signal,
    onWait: (holder) => {
      throw new IsometryError('OPTION_INVALID', `${out} is being worked on by ${holder}.`, {
        hint: 'Wait for it to end, or name another folder with --out.',
      });
    },
  });
}

async function runLocked(options: RunGridOptions): Promise<GridOutcome> {
  const { out, cells, signal, onProgress } = options;
  const isDone = (cell: Cell): boolean => cellState(cellFolder(out, cell)) === 'done';
  const finished = await Promise.all(cells.filter(isDone).map((cell) => readCellResult(cell, out)));
  const open = cells.filter((cell) => !isDone(cell));
  const plan = await planOpen(options, open, finished);
  options.onPlan(plan);
  const failed: { cell: Cell; message: string }[] = [];
  const left = new Set(open);
  if (options.planOnly) return { finished, failed, left: open };

  const deadline = deadlineOf(options.budgetSeconds);
  const running = AbortSignal.any([signal, deadline]);
  const total = plan.planned.length;
  for (const [index, { cell }] of plan.planned.entries()) {
    if (deadline.aborted) break;
    throwIfAborted(signal);
    const tell = ({ stage, ...progress }: Progress): void =>
      onProgress({ ...progress, stage: `[${index + 1}/${total}] ${stage}` });
    try {
      // One cell after the other: a training takes all cores.
      // oxlint-disable-next-line no-await-in-loop
      const result = await runCell(cell, { ...options, signal: running, onProgress: tell });
      finished.push(result);
      left.delete(cell);
      options.onCell(result);
    } catch (error) {
      if (!isIsometryError(error)) throw error;
      // The time is up: the cell has its checkpoint.
      if (error.code === 'ABORTED' && deadline.aborted && !signal.aborted) break;
      if (error.code !== 'TRAINING_DIVERGED') throw error;
      failed.push({ cell, message: error.message });
      left.delete(cell);
      options.onWarning(`${cellId(cell)}: ${error.message}`);
    }
  }
  return { finished, failed, left: [...left] };
}

async function planOpen(
  options: RunGridOptions,
  open: readonly Cell[],
  finished: readonly CellResult[],
): Promise<GridPlan> {
  const done = finished.map(({ cell, training, evaluationSeconds }) => ({
    cell,
    trainingSeconds: training.seconds,
    evaluationSeconds,
  }));
  const isTrained = (cell: Cell): boolean => cellState(cellFolder(options.out, cell)) === 'trained';
  const measured = new Map<Cell['backbone'], number>();
  if (options.budgetSeconds !== undefined) {
    for (const cell of cellsToMeasure(open, done)) {
      // One after the other: side by side they would slow each other down.
      // oxlint-disable-next-line no-await-in-loop
      measured.set(cell.backbone, await measureCell(cell, options));
    }
  }
  const estimates = open.map((cell) =>
    estimateCell({ cell, isTrained: isTrained(cell) }, done, measured),
  );
  const isEstimated = estimates.every((estimate) => estimate !== undefined);
  const known: readonly CellEstimate[] = open.map(
    (cell, index) => estimates[index] ?? { cell, seconds: 0 },
  );
  return {
    ...planBudget(known, options.budgetSeconds),
    done: done.map(({ cell }) => cell),
    trained: open.filter(isTrained),
    budgetSeconds: options.budgetSeconds,
    isEstimated,
  };
}

/** Aborts when the budget is spent; never without one. */
function deadlineOf(seconds: number | undefined): AbortSignal {
  return seconds === undefined
    ? new AbortController().signal
    : AbortSignal.timeout(Math.ceil(seconds * 1000));
}
