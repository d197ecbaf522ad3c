import { describe, expect, it } from 'vitest';
import { brierScore, negativeLogLikelihood } from './probability-scores.ts';

describe('brierScore', () => {
  it('sums over the classes, and means over the images', () => {
    expect(brierScore([0.5, 0.25, 0.25, 0, 1, 0], [0, 1], 3)).toBe((0.25 + 0.0625 + 0.0625) / 2);
    expect(brierScore([1, 0], [1], 2)).toBe(2);
  });
});

describe('negativeLogLikelihood', () => {
  it('is log 2 per image for who has no idea of two classes', () => {
    expect(negativeLogLikelihood([0.5, 0.5, 0.5, 0.5], [0, 1], 2)).toBe(Math.LN2);
  });

  it("clips as scikit-learn does, by the array's type", () => {
    expect(negativeLogLikelihood([1, 0], [1], 2)).toBe(52 * Math.LN2);
    expect(negativeLogLikelihood(Float64Array.of(1, 0), [1], 2)).toBe(52 * Math.LN2);
    expect(negativeLogLikelihood(Float32Array.of(1, 0), [1], 2)).toBe(23 * Math.LN2);
    // Not 0: the other end is clipped too.
    expect(negativeLogLikelihood([1, 0], [0], 2)).toBeCloseTo(2 ** -52, 20);
  });
});

it.each([
  [[0.5, 0.5, 0.5, NaN], [0, 0], 'Row 1 holds the probability NaN.'],
  [[], [], 'of no images does not exist.'],
])('both refuse %j of %j', (probabilities, truth, message) => {
  for (const score of [brierScore, negativeLogLikelihood]) {
    expect(() => score(probabilities, truth, 2)).toThrowError(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: expect.stringContaining(message) as string,
      }) as Error,
    );
  }
});

it('does not lose small values beside many', () => {
  // 100,000 additions of 0.1 squared errors drift by 1e-12 when each of them rounds.
  const count = 100_000;
  const probabilities = Float64Array.from({ length: 2 * count }, (_, index) =>
    index % 2 === 0 ? 0.9 : 0.1,
  );
  const one = (0.9 - 1) ** 2 + 0.1 ** 2;
  expect(brierScore(probabilities, new Uint8Array(count), 2)).toBe(one);
});
