import { bootstrapInterval, createRandom, pairedBootstrap } from '@isometry/core';
import { expect, it } from 'vitest';
import { drawnDifferences, drawnIntervals } from './drawn-intervals.ts';

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
  expect(drawnIntervals(['mean', 'most'], measure, clusters)).toEqual({
    mean: bootstrapInterval(VALUES.length, mean, { clusters }),
    most: bootstrapInterval(VALUES.length, most, { clusters }),
  });
  expect(calls).toBe(2001);
  expect(drawnDifferences(['mean', 'most'], measure, clusters)).toEqual({
    mean: pairedBootstrap(VALUES.length, mean, () => 0, { clusters }),
    most: pairedBootstrap(VALUES.length, most, () => 0, { clusters }),
  });
  expect(calls).toBe(4002);
});

it('refuses a number that is NaN for a draw', () => {
  const measure = (rows: Int32Array) => ({ share: rows.includes(0) ? 1 : Number.NaN });
  expect(() => drawnIntervals(['share'], measure, CLUSTERS)).toThrow('NaN');
});
