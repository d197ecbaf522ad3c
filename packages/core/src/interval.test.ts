import { describe, expect, it } from 'vitest';
import { wilsonInterval } from './interval.ts';

describe('wilsonInterval', () => {
  // scipy 1.13: binomtest(k, n).proportion_ci(0.95, method='wilson'), to the digits shown.
  it.each([
    [15, 20, 0.5313, 0.8881],
    [0, 10, 0, 0.2775],
    [10, 10, 0.7225, 1],
    [489, 502, 0.9562, 0.9848],
  ])('of %i in %i is %f to %f', (successes, total, low, high) => {
    const interval = wilsonInterval(successes, total);
    expect(interval.value).toBe(successes / total);
    expect(interval.low).toBeCloseTo(low, 4);
    expect(interval.high).toBeCloseTo(high, 4);
  });

  it.each([
    [1, 0],
    [3, 2],
    [-1, 2],
    [Number.NaN, 2],
  ])('refuses %s of %s', (successes, total) => {
    expect(() => wilsonInterval(successes, total)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});
