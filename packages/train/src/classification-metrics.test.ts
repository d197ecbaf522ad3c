import { expect, it } from 'vitest';
import { balancedAccuracy, measureClassifier, predictClasses } from './classification-metrics.ts';

it('counts by class, and takes the first of equal logits as topK does', () => {
  const logits = Float64Array.from([2, 1, 0, 0, 3, 1, 1, 1, 0, 0, 0, 9]);
  const metrics = measureClassifier(logits, [0, 1, 1, 0], ['a', 'b', 'c']);
  expect(predictClasses(logits, 3)).toEqual([0, 1, 0, 2]);
  expect(metrics.count).toBe(4);
  expect(metrics.accuracy.value).toBe(0.5);
  expect(metrics.classes).toEqual([
    { label: 'a', count: 2, correct: 1, mistaken: 1 },
    { label: 'b', count: 2, correct: 1, mistaken: 0 },
    { label: 'c', count: 0, correct: 0, mistaken: 1 },
  ]);
  // Class c has no image: recalls 1/2 and 1/2. It is predicted, so its F1 counts, as in scikit-learn:
  // 2/(2+1+1) = 1/2, 2/(2+1) = 2/3 and 0.
  expect(metrics.balancedAccuracy.value).toBeCloseTo(0.5, 12);
  expect(metrics.macroF1.value).toBeCloseTo((1 / 2 + 2 / 3 + 0) / 3, 12);
});

it('does not let a large class hide a small one', () => {
  const truth = [...new Array<number>(90).fill(0), ...new Array<number>(10).fill(1)];
  const predictions = new Array<number>(100).fill(0);
  expect(balancedAccuracy(predictions, truth, 2)).toBe(0.5);
});

it('gives intervals that hold the value, the same ones every time', () => {
  const truth = Array.from({ length: 200 }, (_, row) => row % 3);
  const logits = Float64Array.from(
    truth.flatMap((label, row) => [0, 1, 2].map((own) => Number(own === (row % 5 ? label : 0)))),
  );
  const first = measureClassifier(logits, truth, ['a', 'b', 'c']);
  for (const { value, low, high } of [first.balancedAccuracy, first.macroF1]) {
    expect(low).toBeLessThan(value);
    expect(high).toBeGreaterThan(value);
    // The normal approximation for about 200 images: +-1.96 * sqrt(p (1 - p) / 200) = +-0.05.
    expect(high - low).toBeGreaterThan(0.04);
    expect(high - low).toBeLessThan(0.2);
  }
  expect(measureClassifier(logits, truth, ['a', 'b', 'c'])).toEqual(first);
});
