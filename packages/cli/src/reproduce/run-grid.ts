import { readdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { IsometryError, isIsometryError, throwIfAborted, type Progress } from '@isometry/core';
import { createDeadline } from '../deadline.ts';
import { withCacheLock } from '../setup/cache-lock.ts';
import { planCells, type GridPlan } from './plan-cells.ts';
import { cellFolder, cellStatuses, type CellStatus } from './cell-folder.ts';
import type { CellResult } from './cell-result.ts';
import { cellsIn } from './cells-in.ts';
import { cellId, type Cell } from './grid.ts';
import { keepGridSettings, type GridSettings } from './grid-settings.ts';
import { MEASURE_PREFIX } from './measure-cell.ts';
import { clearCell, readDataDigest, runCell } from './run-cell.ts';

export interface RunGridOptions {
  readonly images: string;
  readonly out: string;
  readonly settings: GridSettings;
  readonly cells: readonly Cell[];
  /** Time from the call on, for measuring and training; undefined for as long as it takes. */
  readonly budgetSeconds?: number | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: Progress) => void;
  readonly onWarning: (line: string) => void;
  readonly onPlan: (plan: GridPlan) => void;
  readonly onCell: (result: CellResult) => void;
}

/** How the cells ended. */
export interface GridOutcome {
  /** Cells whose training failed now, which is a result too: failed.json says why. */
  readonly failed: readonly Cell[];
  /** Cells that are still to be trained. */
  readonly left: readonly Cell[];
}

/** How long a lock is waited for: a killed process with gigabytes of memory takes a moment to be gone. */
const LOCK_SECONDS = 5;

/**
 * Trains the cells of a grid one after the other, as far as the time goes. Every cell keeps what it has done, so that the
 * same call goes on where the last one ended, was stopped or was killed.
 * @throws `OPTION_INVALID` when another process works in the folder; what training throws, but
 *   `TRAINING_DIVERGED`, which is that cell's outcome
 */
export async function runGrid(options: RunGridOptions): Promise<GridOutcome> {
  const { out, signal } = options;
  const deadline = createDeadline(options.budgetSeconds);
  const patience = createDeadline(LOCK_SECONDS);
  let holder: string | undefined;
  const work = (): Promise<GridOutcome> => {
    holder = undefined;
    return runLocked(options, deadline);
  };
  try {
    return await withCacheLock(join(resolve(out), '.lock'), work, {
      signal: AbortSignal.any([signal, patience]),
      onWait: (found) => (holder = found),
    });
  } catch (error) {
    const isHeld = patience.aborted && !signal.aborted && holder !== undefined;
    if (!isHeld || !isIsometryError(error) || error.code !== 'ABORTED') throw error;
    throw new IsometryError('OPTION_INVALID', `${out} is being worked on by ${holder}.`, {
      hint: 'Wait for it to end, or name another folder with --out.',
    });
  }
}

async function runLocked(options: RunGridOptions, deadline: AbortSignal): Promise<GridOutcome> {
  const { out, cells, signal, onProgress } = options;
  const statuses = await cellStatuses(out, cells);
  await clear(out, statuses);
  const plan = await planCells(statuses, options);
  options.onPlan(plan);
  const failed: Cell[] = [];
  const left = new Set(statuses.filter(({ state }) => state !== 'done').map(({ cell }) => cell));
  if (plan.planned.length > 0) await keepGridSettings(out, options.settings);

  const running = AbortSignal.any([signal, deadline]);
  const total = plan.planned.length;
  for (const [index, { cell }] of plan.planned.entries()) {
    if (deadline.aborted) break;
    throwIfAborted(signal);
    const tell = ({ stage, ...progress }: Progress): void =>
      onProgress({ ...progress, stage: `[${index + 1}/${total}] ${stage}` });
    // One cell after the other: a training takes all cores.
    /* oxlint-disable no-await-in-loop */
    const dataDigest = await firstDataDigest(out, cell);
    try {
      const more = { signal: running, onProgress: tell, dataDigest };
      options.onCell(await runCell(cell, { ...options, ...more }));
      left.delete(cell);
    } catch (error) {
      if (!isIsometryError(error)) throw error;
      // The time is up: the cell has its checkpoint.
      if (error.code === 'ABORTED' && deadline.aborted && !signal.aborted) break;
      if (error.code !== 'TRAINING_DIVERGED') throw error;
      failed.push(cell);
      left.delete(cell);
      options.onWarning(`${cellId(cell)}: ${error.message}`);
    }
    /* oxlint-enable no-await-in-loop */
  }
  return { failed, left: [...left] };
}

/** What killed processes left. */
async function clear(out: string, statuses: readonly CellStatus[]): Promise<void> {
  const done = statuses.filter(({ state }) => state === 'done');
  await Promise.all(done.map(({ cell }) => clearCell(cell, out)));
  const names = await readdir(resolve(out));
  await Promise.all(
    names
      .filter((name) => name.startsWith(MEASURE_PREFIX))
      .map((name) => rm(join(resolve(out), name), { recursive: true, force: true })),
  );
}

/** Of the images that another cell of the folder was started with. */
async function firstDataDigest(out: string, own: Cell): Promise<string | undefined> {
  for (const cell of await cellsIn(out)) {
    if (cellId(cell) === cellId(own)) continue;
    const digest = readDataDigest(cellFolder(out, cell).run);
    if (digest !== undefined) return digest;
  }
  return undefined;
}
