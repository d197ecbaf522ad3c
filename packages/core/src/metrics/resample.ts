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
 * Measures the rows of every draw of {@link drawRows}.
 *
 * @returns `value` for the images as they are, `draws` for every resample in turn
 * @throws `OPTION_INVALID` without images, or when a statistic is not finite
 */
export function resample(
  count: number,
  statistic: Statistic,
  options: BootstrapOptions,
): { readonly value: number; readonly draws: Float64Array } {
  const resamples = drawRows(count, options);
  const value = measure(
    statistic,
    Int32Array.from({ length: count }, (_, row) => row),
  );
  return { value, draws: Float64Array.from(resamples, (rows) => measure(statistic, rows)) };
}

/**
 * Draws as many clusters as there are, with replacement, again and again. Without clusters every row is its own.
 * @throws `OPTION_INVALID` without images
 */
export function drawRows(
  count: number,
  { resamples = 2000, seed = 0, clusters }: BootstrapOptions,
): Iterable<Int32Array> {
  assertImages('A bootstrap', count);
  assertResamples(resamples);
  if (clusters !== undefined) assertSameLength('Clusters', clusters.length, count);
  const groups = groupRows(count, clusters);
  const random = createRandom(seed, 'bootstrap');
  return drawGroups(groups, resamples, random);
}

/** Rows by cluster, in the order in which clusters first occur. */
interface Groups {
  readonly rows: Int32Array;
  /** Where each begins in `rows`, and where the last ends. */
  readonly starts: Int32Array;
}

function groupRows(count: number, clusters: ArrayLike<number> | undefined): Groups {
  const members = new Map<number, number[]>();
  for (let row = 0; row < count; row += 1) {
    const cluster = clusters === undefined ? row : (clusters[row] as number);
    const rows = members.get(cluster);
    if (rows === undefined) members.set(cluster, [row]);
    else rows.push(row);
  }
  const starts = new Int32Array(members.size + 1);
  let at = 0;
  for (const { length } of members.values()) {
    starts[at + 1] = (starts[at] as number) + length;
    at += 1;
  }
  return { rows: Int32Array.from([...members.values()].flat()), starts };
}

function* drawGroups(
  { rows, starts }: Groups,
  resamples: number,
  random: Random,
): Generator<Int32Array> {
  const count = starts.length - 1;
  const drawn = new Int32Array(count);
  for (let draw = 0; draw < resamples; draw += 1) {
    let length = 0;
    for (let at = 0; at < count; at += 1) {
      const group = Math.floor(random.next() * count);
      drawn[at] = group;
      length += (starts[group + 1] as number) - (starts[group] as number);
    }
    const own = new Int32Array(length);
    let filled = 0;
    for (const group of drawn) {
      const end = starts[group + 1] as number;
      for (let from = starts[group] as number; from < end; from += 1) {
        own[filled] = rows[from] as number;
        filled += 1;
      }
    }
    yield own;
  }
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
