import type { CellStatus } from './cell-folder.ts';
import { cellId, type Cell } from './grid.ts';

/** How long a cell is expected to take. */
export interface CellEstimate {
  readonly cell: Cell;
  /** At most, as a rule: a stage may stop before its last epoch. */
  readonly seconds: number;
}

/** How long a cell took. */
export interface CellTime {
  readonly cell: Cell;
  readonly trainingSeconds: number;
  /** Of export and evaluation. */
  readonly evaluationSeconds: number;
}

/** What fits into the time that is given. */
export interface BudgetPlan {
  /** In the order in which they are going to be trained. */
  readonly planned: readonly CellEstimate[];
  readonly left: readonly CellEstimate[];
  /** Of all that is planned. */
  readonly seconds: number;
}

/**
 * Takes cells in their order for as long as they fit; one that does not fit is left, and a shorter one after it may be
 * taken.
 * @param budgetSeconds undefined for as long as it takes
 */
export function planBudget(
  estimates: readonly CellEstimate[],
  budgetSeconds: number | undefined,
): BudgetPlan {
  const planned: CellEstimate[] = [];
  const left: CellEstimate[] = [];
  let seconds = 0;
  for (const estimate of estimates) {
    const fits = budgetSeconds === undefined || seconds + estimate.seconds <= budgetSeconds;
    if (fits) seconds += estimate.seconds;
    (fits ? planned : left).push(estimate);
  }
  return { planned, left, seconds };
}

/** Of a started cell at least this share is expected to be left: its last checkpoint is behind it, the end unknown. */
const LEAST_LEFT = 0.1;

/**
 * What a cell is expected to take at most: as long as the slowest done cell of its backbone and loss took, else of its
 * backbone, else what `measured` says for the backbone; less what it has taken already.
 */
export function estimateCell(
  { cell, state, spentSeconds }: Pick<CellStatus, 'cell' | 'state' | 'spentSeconds'>,
  done: readonly CellTime[],
  measured: ReadonlyMap<Cell['backbone'], number>,
): CellEstimate | undefined {
  const sameBackbone = done.filter((own) => own.cell.backbone === cell.backbone);
  const sameLoss = sameBackbone.filter((own) => own.cell.loss === cell.loss);
  const like = sameLoss.length > 0 ? sameLoss : sameBackbone;
  const whole =
    like.length === 0
      ? measured.get(cell.backbone)
      : Math.max(...like.map(({ trainingSeconds }) => trainingSeconds));
  if (whole === undefined) return undefined;
  const training =
    state === 'trained'
      ? 0
      : state === 'started'
        ? Math.max(LEAST_LEFT * whole, whole - spentSeconds)
        : whole;
  const evaluation = Math.max(0, ...like.map(({ evaluationSeconds }) => evaluationSeconds));
  return { cell, seconds: training + evaluation };
}

/** The cells of which nothing like them is done, one for each backbone: what has to be measured. */
export function cellsToMeasure(cells: readonly Cell[], done: readonly CellTime[]): readonly Cell[] {
  const known = new Set(done.map(({ cell }) => cell.backbone));
  return cells.filter(
    (cell, index) =>
      !known.has(cell.backbone) &&
      cells.findIndex(({ backbone }) => backbone === cell.backbone) === index,
  );
}

/** `mobilenet/triplet seeds 1, 2`: a line for every backbone and loss. */
export function listCells(cells: readonly Cell[]): readonly string[] {
  const rows = new Map<string, number[]>();
  for (const cell of cells) {
    const name = cellId(cell).split('/').slice(0, 2).join('/');
    rows.set(name, [...(rows.get(name) ?? []), cell.seed]);
  }
  return [...rows].map(
    ([name, seeds]) => `${name} seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')}`,
  );
}
