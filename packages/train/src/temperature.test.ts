import { describe, expect, it } from 'vitest';
import { createRandom } from '@isometry/core';
import { fitTemperature, negativeLogLikelihood } from './temperature.ts';

describe('fitTemperature', () => {
  it('finds the temperature that logits were drawn at', () => {
    const random = createRandom(1, 'test');
    const truth: number[] = [];
    const logits: number[] = [];
    for (let row = 0; row < 1000; row += 1) {
      const own = [3 * random.next(), 3 * random.next(), 3 * random.next()];
      const weights = own.map((logit) => Math.exp(logit));
      let left = random.next() * weights.reduce((sum, weight) => sum + weight, 0);
      truth.push(weights.findIndex((weight) => (left -= weight) < 0));
      logits.push(...own.map((logit) => logit * 2.5));
    }
    // 1,000 rows give the factor to a standard error of about 5 %.
    expect(Math.abs(fitTemperature(Float64Array.from(logits), truth) / 2.5 - 1)).toBeLessThan(0.15);
  });

  it('never makes the validation split less likely', () => {
    const random = createRandom(2, 'test');
    for (let round = 0; round < 100; round += 1) {
      const rows = 3 + Math.floor(random.next() * 30);
      const scale = 10 ** (random.next() * 3 - 1);
      const logits = Float64Array.from({ length: rows * 3 }, () => scale * (random.next() - 0.5));
      const classes = Array.from({ length: rows }, () => Math.floor(random.next() * 3));
      const temperature = fitTemperature(logits, classes);
      expect(negativeLogLikelihood(logits, classes, temperature)).toBeLessThanOrEqual(
        negativeLogLikelihood(logits, classes, 1),
      );
    }
  });

  it('does not become certain because a small split has no mistake', () => {
    const logits = Float64Array.from([1, 0, 0, 1, 1, 0, 0, 1, 1, 0]);
    const temperature = fitTemperature(logits, [0, 1, 0, 1, 0]);
    // Platt's target for five right answers is 6/7: logit 1 / T = ln 6.
    expect(1 / temperature).toBeCloseTo(Math.log(6), 4);
  });
});
