import { IsometryError } from '../errors.ts';
import { createRandom, type Random } from '../random.ts';
import { assertImages, assertSameLength } from './assert-metric-input.ts';

export interface BootstrapOptions {
  /** @defaultValue 2000: each end of the interval has 50 values beyond it */
  readonly resamples?: number | undefined;
  /** Equal seeds give equal bits. @defaultValue 0 */
  readonly seed?: number | undefined;
  /**
   * The cluster of every row, e.g. its patient. Images of one cluster are alike, so that whole clusters are
   * drawn: without it the interval is too narrow.
   */
  readonly clusters?: ArrayLike<number> | undefined;
}

/** Computes a number from the images of some rows; a row can occur many times. */
export type Statistic = (rows: Int32Array) => number;

/**
 * Draws as many clusters as there are, with replacement, and measures their rows, again and again.
 * Without clusters every row is its own.
 *
 * @returns `value` for the images as they are, `draws` for every resample in turn
 * @throws `OPTION_INVALID` without images, or when a statistic is not finite
 */
export function resample(
  count: number,
  statistic: Statistic,
  { resamples = 2000, seed = 0, clusters }: BootstrapOptions,
): { readonly value: number; readonly draws: Float64Array } {
  assertImages('A bootstrap', count);
  assertResamples(resamples);
  if (clusters !== undefined) assertSameLength('Clusters', clusters.length, count);
  const groups = groupRows(count, clusters);
  const random = createRandom(seed, 'bootstrap');
  const value = measure(
    statistic,
    Int32Array.from({ length: count }, (_, row) => row),
  );
  const draws = Float64Array.from({ length: resamples }, () =>
    measure(statistic, drawRows(groups, random)),
  );
  return { value, draws };
}

/** Rows by cluster, in the order in which clusters first occur. */
function groupRows(count: number, clusters: ArrayLike<number> | undefined): readonly Int32Array[] {
  const members = new Map<number, number[]>();
  for (let row = 0; row < count; row += 1) {
    const cluster = clusters === undefined ? row : (clusters[row] as number);
    const rows = members.get(cluster);
    if (rows === undefined) members.set(cluster, [row]);
    else rows.push(row);
  }
  return [...members.values()].map((rows) => Int32Array.from(rows));
}

function drawRows(groups: readonly Int32Array[], random: Random): Int32Array {
  const drawn = groups.map(() => groups[Math.floor(random.next() * groups.length)] as Int32Array);
  const rows = new Int32Array(drawn.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const group of drawn) {
    rows.set(group, at);
    at += group.length;
  }
  return rows;
}

function measure(statistic: Statistic, rows: Int32Array): number {
  const value = statistic(rows);
  if (Number.isFinite(value)) return value;
  throw new IsometryError('OPTION_INVALID', `A statistic of resampled images is ${value}.`, {
    hint: 'Use one that exists for every draw: a class can be absent from it.',
    details: { value: String(value) },
  });
}

function assertResamples(resamples: number): void {
  if (Number.isInteger(resamples) && resamples > 0) return;
  throw new IsometryError(
    'OPTION_INVALID',
    `resamples must be a positive integer, not ${resamples}.`,
    { details: { resamples: String(resamples) } },
  );
}
