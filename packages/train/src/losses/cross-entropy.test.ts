import { describe, expect, it } from 'vitest';
import { createRandom } from '@isometry/core';
import { createCrossEntropy } from './cross-entropy.ts';

const LOGITS = Float64Array.of(1, 2, 0.5, -1, 0, 3, 0.2, 0.2, 0.2);
const LABELS = [1, 2, 0];

describe('createCrossEntropy', () => {
  it('is the mean of the negative log-probabilities of the labels', () => {
    const probability = (row: number, label: number): number => {
      const own = LOGITS.slice(row * 3, row * 3 + 3).map(Math.exp);
      return (own[label] as number) / own.reduce((sum, value) => sum + value, 0);
    };
    const costs = LABELS.map((label, row) => -Math.log(probability(row, label)));
    const [first, second, third] = costs as [number, number, number];
    expect(createCrossEntropy()(LOGITS, LABELS).value).toBeCloseTo(
      (first + second + third) / 3,
      12,
    );
    // As Keras' class_weight: the sum over the number of images, not over the sum of weights.
    const weighted = createCrossEntropy({ classWeights: [3, 1, 0.5] });
    expect(weighted(LOGITS, LABELS).value).toBeCloseTo((first + 0.5 * second + 3 * third) / 3, 12);
    const all = [0, 1, 2].map((label) => -Math.log(probability(0, label)));
    const smoothed = createCrossEntropy({ labelSmoothing: 0.3 })(LOGITS.slice(0, 3), [1]).value;
    const spread = all.reduce((sum, value) => sum + 0.1 * value, 0);
    expect(smoothed).toBeCloseTo(0.7 * first + spread, 12);
  });

  it('has the gradient of central differences on 200 random batches', () => {
    const random = createRandom(5, 'cross-entropy');
    let worst = 0;
    for (let round = 0; round < 200; round += 1) {
      const classes = 2 + Math.floor(random.next() * 4);
      const scale = 10 ** ((round % 5) - 3);
      const labels = Array.from({ length: 1 + Math.floor(random.next() * 6) }, () =>
        Math.floor(random.next() * classes),
      );
      const logits = Float64Array.from(
        { length: labels.length * classes },
        () => scale * (2 * random.next() - 1),
      );
      const loss = createCrossEntropy({
        classWeights:
          round % 2 === 0 ? undefined : Array.from({ length: classes }, () => random.next()),
        labelSmoothing: round % 3 === 0 ? 0 : 0.1,
      });
      const { gradient } = loss(logits, labels);
      const differences = logits.map((logit, index) => {
        const moved = (by: number) => loss(logits.with(index, logit + by), labels).value;
        return (moved(1e-5) - moved(-1e-5)) / 2e-5;
      });
      const error = Math.hypot(...gradient.map((own, at) => own - (differences[at] as number)));
      worst = Math.max(worst, error / Math.max(1e-3, Math.hypot(...differences)));
    }
    expect(worst).toBeLessThan(1e-6);
  });

  it('is finite for logits of any size, and not for those that are no number', () => {
    const { value, gradient } = createCrossEntropy()(Float64Array.of(1e4, -1e4, 0), [1]);
    expect(value).toBe(2e4);
    expect([...gradient]).toEqual([1, -1, 0]);
    expect(createCrossEntropy()(Float64Array.of(NaN, 1), [0]).value).toBeNaN();
  });
});
