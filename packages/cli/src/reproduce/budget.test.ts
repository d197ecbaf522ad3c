import { expect, it } from 'vitest';
import { cellsToMeasure, estimateCell, listCells, planBudget } from './budget.ts';
import { planGrid, type Cell } from './grid.ts';

const cell = (backbone: Cell['backbone'], loss: Cell['loss'], seed = 1): Cell => ({
  backbone,
  loss,
  seed,
});

it('takes cells in their order while they fit, and shorter ones after one that does not', () => {
  const estimates = [60, 60, 600, 50, 40].map((seconds, index) => ({
    cell: cell('mobilenet', 'triplet', index + 1),
    seconds,
  }));
  const { planned, left, seconds } = planBudget(estimates, 175);
  expect(planned.map((own) => own.cell.seed)).toEqual([1, 2, 4]);
  expect(left.map((own) => own.cell.seed)).toEqual([3, 5]);
  expect(seconds).toBe(170);
});

it('takes everything without a budget, and nothing where nothing fits', () => {
  const estimates = [{ cell: cell('resnet50', 'triplet'), seconds: 1e6 }];
  expect(planBudget(estimates, undefined).planned).toHaveLength(1);
  expect(planBudget(estimates, 60)).toEqual({ planned: [], left: estimates, seconds: 0 });
});

const took = (own: Cell, trainingSeconds: number) => ({
  cell: own,
  trainingSeconds,
  evaluationSeconds: 10,
});

it('expects what the slowest of the same loss took, else of the backbone, else what was measured', () => {
  const done = [
    took(cell('mobilenet', 'triplet'), 100),
    took(cell('mobilenet', 'triplet', 2), 200),
    took(cell('mobilenet', 'contrastive'), 900),
  ];
  const measured = new Map([['resnet50' as const, 7000]]);
  const expected = (
    own: Cell,
    state: 'new' | 'started' | 'trained' = 'new',
    spentSeconds = 0,
  ): number | undefined =>
    estimateCell({ cell: own, state, spentSeconds }, done, measured)?.seconds;
  expect(expected(cell('mobilenet', 'triplet', 3))).toBe(210);
  expect(expected(cell('mobilenet', 'cross-entropy'))).toBe(910);
  expect(expected(cell('mobilenet', 'triplet', 3), 'trained')).toBe(10);
  expect(expected(cell('resnet50', 'cross-entropy'))).toBe(7000);
  expect(expected(cell('inceptionv3', 'cross-entropy'))).toBeUndefined();
  // A cell that was stopped gets its turn: what it has done is not expected again.
  expect(expected(cell('resnet50', 'cross-entropy'), 'started', 5100)).toBe(1900);
  expect(expected(cell('resnet50', 'cross-entropy'), 'started', 9000)).toBe(700);
});

it('measures one cell of every backbone of which none is done', () => {
  expect(cellsToMeasure(planGrid([1, 2], []), [took(cell('mobilenet', 'triplet'), 100)])).toEqual([
    cell('inceptionv3', 'cross-entropy'),
    cell('resnet50', 'cross-entropy'),
  ]);
});

it('lists seeds beside their backbone and loss', () => {
  const cells = [cell('mobilenet', 'triplet', 1), cell('mobilenet', 'contrastive', 1)];
  expect(listCells([...cells, cell('mobilenet', 'triplet', 3)])).toEqual([
    'mobilenet/triplet seeds 1, 3',
    'mobilenet/contrastive seed 1',
  ]);
});
