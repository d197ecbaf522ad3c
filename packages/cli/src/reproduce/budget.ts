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

/**
 * What a cell is expected to take: as long as cells of its backbone and loss that are done took on the average, else of
 * its backbone, else what `measured` says for the backbone. One that is trained only has to be evaluated.
 */
export function estimateCell(
  { cell, isTrained }: { readonly cell: Cell; readonly isTrained: boolean },
  done: readonly CellTime[],
  measured: ReadonlyMap<Cell['backbone'], number>,
): CellEstimate | undefined {
  const sameBackbone = done.filter((own) => own.cell.backbone === cell.backbone);
  const sameLoss = sameBackbone.filter((own) => own.cell.loss === cell.loss);
  const like = sameLoss.length > 0 ? sameLoss : sameBackbone;
  const training = isTrained ? 0 : mean(like.map(({ trainingSeconds }) => trainingSeconds));
  const evaluation = mean(like.map(({ evaluationSeconds }) => evaluationSeconds));
  const seconds =
    training === undefined || evaluation === undefined
      ? measured.get(cell.backbone)
      : training + evaluation;
  return seconds === undefined ? undefined : { cell, seconds };
}

function mean(values: readonly number[]): number | undefined {
  return values.length === 0
    ? undefined
    : values.reduce((sum, value) => sum + value, 0) / values.length;
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
