import { createRandom } from '@isometry/core';
import type { Rows } from './naive-losses.case.ts';

export interface RandomBatch {
  readonly rows: Rows;
  readonly labels: readonly number[];
  /** How large the entries are. */
  readonly scale: number;
}

/**
 * Batches of 3 to 10 in 2 to 5 dimensions, one after the other with duplicates, one class only, classes of
 * one image and scales 1e-3 to 1e3.
 */
export function randomBatches(count: number, purpose: string): readonly RandomBatch[] {
  const random = createRandom(7, purpose);
  return Array.from({ length: count }, (_, round) => {
    const size = 3 + Math.floor(random.next() * 8);
    const dimensions = 2 + Math.floor(random.next() * 4);
    const scale = 10 ** ((round % 7) - 3);
    const rows = Array.from({ length: size }, () =>
      // Rounded to float32, so that a judge which computes in it starts from the same numbers.
      Array.from({ length: dimensions }, () => Math.fround(scale * (random.next() * 2 - 1))),
    );
    const classes = round % 5 === 0 ? 1 : 2 + Math.floor(random.next() * 3);
    const labels = rows.map(() => Math.floor(random.next() * classes));
    if (round % 3 === 0) rows[1] = [...(rows[0] as number[])];
    if (round % 4 === 0) labels[size - 1] = classes;
    return { rows, labels, scale };
  });
}

/** Every row divided by its L2 norm; a row of zeros stays. */
export function normaliseRows(rows: Rows): Rows {
  return rows.map((row) => {
    const norm = Math.hypot(...row);
    return norm === 0 ? row : row.map((value) => value / norm);
  });
}
