import { expect, it } from 'vitest';
import { measureAccuracy } from './accuracy.ts';

it('counts by class, and takes the first of equal logits as topK does', () => {
  const logits = Float64Array.from([2, 1, 0, 0, 3, 1, 1, 1, 0, 0, 0, 9]);
  const metrics = measureAccuracy(logits, [0, 1, 1, 0], ['a', 'b', 'c']);
  expect(metrics.count).toBe(4);
  expect(metrics.accuracy.value).toBe(0.5);
  expect(metrics.classes).toEqual([
    { label: 'a', count: 2, correct: 1 },
    { label: 'b', count: 2, correct: 1 },
    { label: 'c', count: 0, correct: 0 },
  ]);
});
