import { describe, expect, it } from 'vitest';
import { liftedStructuredLoss } from './lifted-structured-loss.ts';
import type { LiftedStructuredConfig } from './metric-loss-config.ts';

const CONFIG: LiftedStructuredConfig = {
  name: 'lifted-structured',
  preset: 'paper',
  normalise: false,
  distance: 'euclidean',
  squared: false,
  margin: 1,
  reduction: 'mean-positive-pairs',
  form: 'smooth',
};

describe('liftedStructuredLoss', () => {
  it.each(['smooth', 'hard-max'] as const)('reads O(B^2) distances when %s', (form) => {
    const loss = liftedStructuredLoss({ ...CONFIG, form });
    const reads = (size: number): number => {
      let count = 0;
      const distances = new Proxy(new Float64Array(size * size).fill(0.5), {
        get: (target, key) => {
          count += 1;
          return Reflect.get(target, key) as unknown;
        },
      });
      loss(
        distances,
        Array.from({ length: size }, (_, row) => row % 3),
      );
      return count;
    };
    // Every negative of a row once and every positive pair once: less than the B^2 entries there are.
    for (const size of [30, 60, 120]) expect(reads(size)).toBeLessThanOrEqual(size * size);
  });

  it.each([
    ['no pair is positive', [0, 1, 2]],
    ['no pair is negative', [1, 1, 1]],
  ])('costs nothing when %s', (_, labels) => {
    const distances = Float64Array.of(0, 1, 2, 1, 0, 3, 2, 3, 0);
    const { value, weights, activeShare } = liftedStructuredLoss(CONFIG)(distances, labels);
    expect(value).toBe(0);
    expect(weights.every((weight) => weight === 0)).toBe(true);
    expect(activeShare).toBe(0);
  });
});
