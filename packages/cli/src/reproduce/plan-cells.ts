import { throwIfAborted } from '@isometry/core';
import {
  cellsToMeasure,
  estimateCell,
  planBudget,
  type BudgetPlan,
  type CellEstimate,
} from './budget.ts';
import { cellStatuses, type CellStatus } from './cell-folder.ts';
import { cellsIn } from './cells-in.ts';
import type { Cell } from './grid.ts';
import { measureCell, type MeasureCellOptions } from './measure-cell.ts';

export interface PlanCellsOptions extends MeasureCellOptions {
  /** Undefined for as long as it takes. */
  readonly budgetSeconds?: number | undefined;
}

/** What is going to be done, before anything is. */
export interface GridPlan extends BudgetPlan {
  /** Cells that are done already. */
  readonly done: readonly Cell[];
  /** Cells, planned or left, that are trained and not evaluated. */
  readonly trained: readonly Cell[];
  readonly budgetSeconds: number | undefined;
  /** Whether the seconds are known: without a budget and a finished cell nobody measured them. */
  readonly isEstimated: boolean;
}

/**
 * Plans cells into a budget, from whose start the measuring of steps counts.
 * @param statuses of the cells that are chosen
 */
export async function planCells(
  statuses: readonly CellStatus[],
  options: PlanCellsOptions,
): Promise<GridPlan> {
  const started = performance.now();
  // Cells that are not chosen say as much about how long one takes.
  const inFolder = await cellStatuses(options.out, await cellsIn(options.out));
  const done = inFolder.flatMap(({ cell, result }) =>
    result === undefined
      ? []
      : [
          {
            cell,
            trainingSeconds: result.training.seconds,
            evaluationSeconds: result.evaluationSeconds,
          },
        ],
  );
  const open = statuses.filter(({ state }) => state !== 'done');
  const { budgetSeconds } = options;
  const measured = new Map<Cell['backbone'], number>();
  if (budgetSeconds !== undefined) {
    const untrained = open.filter(({ state }) => state !== 'trained');
    for (const cell of cellsToMeasure(
      untrained.map((own) => own.cell),
      done,
    )) {
      throwIfAborted(options.signal);
      // One after the other: side by side they would slow each other down.
      // oxlint-disable-next-line no-await-in-loop
      measured.set(cell.backbone, await measureCell(cell, options));
    }
  }
  const estimates = open.map((status) => estimateCell(status, done, measured));
  const known: readonly CellEstimate[] = open.map(
    ({ cell }, index) => estimates[index] ?? { cell, seconds: 0 },
  );
  const left =
    budgetSeconds === undefined ? undefined : budgetSeconds - (performance.now() - started) / 1000;
  return {
    ...planBudget(known, left),
    done: statuses.filter(({ state }) => state === 'done').map(({ cell }) => cell),
    trained: open.filter(({ state }) => state === 'trained').map(({ cell }) => cell),
    budgetSeconds,
    isEstimated: estimates.every((estimate) => estimate !== undefined),
  };
}
