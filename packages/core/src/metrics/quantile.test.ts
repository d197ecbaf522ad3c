import { expect, it } from 'vitest';
import { quantile } from './quantile.ts';

it('lies on the straight line between the two values around it', () => {
  const sorted = [1, 2, 4, 8];
  expect([0, 1 / 3, 0.5, 1].map((share) => quantile(sorted, share))).toEqual([1, 2, 3, 8]);
  expect(quantile(sorted, 0.75)).toBe(5);
  expect(quantile([7], 0.3)).toBe(7);
});

it('does not leave the range of two equal values', () => {
  for (const share of [0.1, 0.3, 0.5, 0.7, 0.9]) expect(quantile([0.1, 0.1], share)).toBe(0.1);
});

it("is NumPy's to the bit", () => {
  // numpy.quantile([0.1, 0.7], [0.3, 0.7]) goes from the nearer end.
  expect(quantile([0.1, 0.7], 0.3)).toBe(0.28);
  expect(quantile([0.1, 0.7], 0.7)).toBe(0.5199999999999999);
});
