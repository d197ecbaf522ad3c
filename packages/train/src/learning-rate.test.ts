import { expect, it } from 'vitest';
import { learningRateAt } from './learning-rate.ts';

const BASE = { learningRate: 0.5, schedule: 'constant', warmupEpochs: 0, epochs: 10 } as const;

it('stays where it is when it is constant', () => {
  expect([0, 3.3, 10].map((done) => learningRateAt(done, BASE))).toEqual([0.5, 0.5, 0.5]);
});

it('falls along half a cosine to 0', () => {
  const cosine = { ...BASE, schedule: 'cosine' } as const;
  expect(learningRateAt(0, cosine)).toBe(0.5);
  expect(learningRateAt(5, cosine)).toBeCloseTo(0.25, 12);
  expect(learningRateAt(2.5, cosine)).toBeCloseTo(0.25 * (1 + Math.SQRT1_2), 12);
  expect(learningRateAt(10, cosine)).toBeCloseTo(0, 12);
});

it('rises first, and falls over what is left', () => {
  const warm = { ...BASE, schedule: 'cosine', warmupEpochs: 2 } as const;
  expect(learningRateAt(0, warm)).toBeGreaterThan(0);
  expect(learningRateAt(1, warm)).toBe(0.25);
  expect(learningRateAt(2, warm)).toBe(0.5);
  expect(learningRateAt(6, warm)).toBeCloseTo(0.25, 12);
});

it('is finite when the whole stage is warm-up', () => {
  const warm = { ...BASE, schedule: 'cosine', warmupEpochs: 10 } as const;
  for (const done of [0, 9.99, 10]) expect(Number.isFinite(learningRateAt(done, warm))).toBe(true);
});

it('runs on one curve over several stages', () => {
  const whole = { ...BASE, schedule: 'cosine', epochs: 10, warmupEpochs: 1 } as const;
  const first = { ...whole, epochs: 6, epochsAfter: 4 };
  const second = { ...whole, epochs: 4, epochsBefore: 6 };
  for (const done of [0, 0.5, 3]) {
    expect(learningRateAt(done, first)).toBe(learningRateAt(done, whole));
    expect(learningRateAt(done, second)).toBe(learningRateAt(6 + done, whole));
  }
});
