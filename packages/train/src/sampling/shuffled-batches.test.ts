import { describe, expect, it } from 'vitest';
import { createRandom } from '@isometry/core';
import { balancedClassWeights, planShuffledEpoch } from './shuffled-batches.ts';

describe('planShuffledEpoch', () => {
  it('has every image once, in as few and as equal batches as there can be', () => {
    for (let count = 0; count < 100; count += 1) {
      for (const batchSize of [1, 4, 16, 32, 200]) {
        const plan = planShuffledEpoch(count, batchSize, createRandom(1, 'test'));
        const sizes = plan.map((batch) => batch.length);
        expect(plan).toHaveLength(Math.ceil(count / batchSize));
        expect(plan.flat().toSorted((a, b) => a - b)).toEqual([...new Array(count).keys()]);
        if (count === 0) continue;
        expect(Math.max(...sizes)).toBeLessThanOrEqual(batchSize);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }
    }
  });

  it('is decided by the seed', () => {
    const plan = (seed: number) => planShuffledEpoch(50, 8, createRandom(seed, 'test'));
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });
});

describe('balancedClassWeights', () => {
  it('gives every class the same total, and an average image 1', () => {
    const classes = [0, 0, 0, 0, 0, 0, 1, 1, 1, 2];
    const weights = balancedClassWeights(classes, 3);
    expect(weights).toEqual([10 / 18, 10 / 9, 10 / 3]);
    const total = classes.reduce((sum, label) => sum + (weights[label] as number), 0);
    expect(total).toBeCloseTo(classes.length, 12);
  });

  it('leaves out a class without images', () => {
    expect(balancedClassWeights([0, 0, 2, 2], 3)).toEqual([1, 1, 1]);
  });
});
