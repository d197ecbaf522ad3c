import { bootstrapInterval, createRandom, pairedBootstrap } from '@isometry/core';
import { expect, it } from 'vitest';
import { drawnDifference, drawnInterval, drawValues } from './drawn-intervals.ts';

const random = createRandom(3, 'test');
const VALUES = Float64Array.from({ length: 60 }, () => random.next() - 0.4);
const CLUSTERS = Int32Array.from(VALUES, (_, row) => row % 23);

const mean = (rows: Int32Array): number =>
  rows.reduce((sum, row) => sum + (VALUES[row] as number), 0) / rows.length;
const most = (rows: Int32Array): number =>
  rows.reduce((top, row) => Math.max(top, VALUES[row] as number), -1);

it('has the bits of one bootstrap for each number, and measures once', () => {
  let calls = 0;
  const measure = (rows: Int32Array) => {
    calls += 1;
    return { mean: mean(rows), most: most(rows) };
  };
  const clusters = CLUSTERS;
  const drawn = drawValues(measure, clusters);
  expect(calls).toBe(2001);
  for (const [name, statistic] of [
    ['mean', mean],
    ['most', most],
  ] as const) {
    expect(drawnInterval(drawn, name)).toEqual(
      bootstrapInterval(VALUES.length, statistic, { clusters }),
    );
  }
  const other = drawValues((rows) => ({ mean: 0.3 * most(rows), most: 0 }), clusters);
  expect(drawnDifference(drawn, other, 'mean')).toEqual(
    pairedBootstrap(VALUES.length, mean, (rows) => 0.3 * most(rows), { clusters }),
  );
  expect(calls).toBe(2001);
});

it('refuses a number that is NaN for a draw', () => {
  const measure = (rows: Int32Array) => ({ share: rows.includes(0) ? 1 : Number.NaN });
  expect(() => drawnInterval(drawValues(measure, CLUSTERS), 'share')).toThrow('NaN');
});
