import { counted } from '../counted.ts';
import { formatSeconds } from '../duration.ts';
import { listCells } from './budget.ts';
import type { GridPlan } from './plan-cells.ts';
import type { GridOutcome } from './run-grid.ts';

/** The plan of a grid, as a person wants to check it before waiting for hours. */
export function formatGridPlan(plan: GridPlan): string {
  const { planned, left, seconds, done, trained, budgetSeconds, isEstimated } = plan;
  const lines = [
    `plan: ${cells(planned.length)} to do${isEstimated && planned.length > 0 ? `, at most ${formatSeconds(seconds)} as measured here` : ''}`,
    ...(done.length === 0 ? [] : [`  done already: ${cells(done.length)}`]),
    ...(trained.length === 0
      ? []
      : [`  trained already, to be evaluated: ${cells(trained.length)}`]),
    ...listCells(planned.map(({ cell }) => cell)).map((line) => `  ${line}`),
  ];
  if (budgetSeconds !== undefined && left.length > 0) {
    const shortest = Math.min(...left.map((own) => own.seconds));
    lines.push(
      `  beyond the budget of ${formatSeconds(budgetSeconds)}: ${cells(left.length)}${planned.length === 0 ? `, of which the shortest takes at most ${formatSeconds(shortest)}: give more time` : ', for the next time'}`,
      ...listCells(left.map(({ cell }) => cell)).map((line) => `    ${line}`),
    );
  }
  return `${lines.join('\n')}\n`;
}

/** What is left, and how it goes on. */
export function formatLeft({ left, failed }: GridOutcome): string {
  return [
    ...(left.length === 0
      ? []
      : [`${cells(left.length)} left: run the same command again, it goes on from there\n`]),
    ...(failed.length === 0
      ? []
      : [`${cells(failed.length)} failed: the report says which and why\n`]),
  ].join('');
}

function cells(count: number): string {
  return counted(count, 'cell');
}
