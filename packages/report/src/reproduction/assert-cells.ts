import { IsometryError } from '@isometry/core';
import type { Evaluation } from '../evaluation/evaluation.ts';
import type { GridCell } from './reproduction.ts';

/** A cell that is done, with its answers to its test images. */
export interface EvaluatedCell extends GridCell {
  readonly evaluation: Evaluation;
}

/**
 * Makes sure that cells can stand in one table.
 * @throws `REPORT_INVALID` when one comes twice, or when their labels differ
 */
export function assertCells(cells: readonly EvaluatedCell[]): void {
  const seen = new Set<string>();
  for (const cell of cells) {
    const name = nameOfCell(cell);
    if (seen.has(name)) {
      throw new IsometryError('REPORT_INVALID', `${name} comes twice.`, {
        hint: 'Keep one evaluation of each backbone, loss and seed.',
        details: { cell: name },
      });
    }
    seen.add(name);
    assertLabels(cell, cells[0] as EvaluatedCell);
  }
}

function assertLabels(cell: EvaluatedCell, first: EvaluatedCell): void {
  const [own, others] = [cell, first].map(({ evaluation }) => evaluation.model.labels);
  if (JSON.stringify(own) === JSON.stringify(others)) return;
  throw new IsometryError(
    'REPORT_INVALID',
    `${nameOfCell(cell)} has the labels ${own?.join(', ')}, and ${nameOfCell(first)} has ${others?.join(', ')}.`,
    {
      hint: 'Compare models of the same labels in the same order.',
      details: { cells: [nameOfCell(cell), nameOfCell(first)] },
    },
  );
}

/**
 * Makes sure that two losses of a seed answered the same images.
 * @throws `REPORT_INVALID` when they did not
 */
export function assertSameImages(cell: EvaluatedCell, other: EvaluatedCell): void {
  const files = ({ evaluation }: EvaluatedCell): string =>
    JSON.stringify(evaluation.images.map(({ file, label, group }) => [file, label, group]));
  if (files(cell) === files(other)) return;
  throw new IsometryError(
    'REPORT_INVALID',
    `${cell.backbone} with ${cell.loss} and with ${other.loss} were tested on different images of seed ${cell.seed}.`,
    { hint: 'Evaluate both on the same split.', details: { seed: cell.seed } },
  );
}

function nameOfCell({ backbone, loss, seed }: GridCell): string {
  return `${backbone} with ${loss}, seed ${seed}`;
}
