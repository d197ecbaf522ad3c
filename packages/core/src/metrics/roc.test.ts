import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { rocAuc, rocAucOneVsRest, rocCurve } from './roc.ts';

describe('rocCurve', () => {
  it("is scikit-learn's own example", () => {
    expect(rocCurve([0.1, 0.4, 0.35, 0.8], [false, false, true, true])).toEqual({
      falsePositiveRate: [0, 0, 0.5, 0.5, 1],
      truePositiveRate: [0, 0.5, 0.5, 1, 1],
      thresholds: [Infinity, 0.8, 0.4, 0.35, 0.1],
    });
  });

  it('takes tied scores in one step, whatever their order', () => {
    const curve = rocCurve([0.5, 0.5, 0.5, 0.1], [true, false, true, false]);
    expect(curve).toEqual(rocCurve([0.5, 0.5, 0.5, 0.1], [false, true, true, false]));
    expect(curve).toEqual({
      falsePositiveRate: [0, 0.5, 1],
      truePositiveRate: [0, 1, 1],
      thresholds: [Infinity, 0.5, 0.1],
    });
  });

  it('leaves out points on a straight line', () => {
    const { thresholds } = rocCurve([5, 4, 3, 2, 1], [true, true, true, false, false]);
    expect(thresholds).toEqual([Infinity, 5, 3, 1]);
  });

  it.each([[[true, true]], [[false, false]], [[]]])('needs both kinds, not %j', (isPositive) => {
    expect(() => rocCurve([0.5, 0.6].slice(0, isPositive.length), isPositive)).toThrowError(
      expect.objectContaining({ code: 'OPTION_INVALID' }) as Error,
    );
  });

  it('names the row that has no score', () => {
    expect(() => rocCurve([0.5, NaN], [true, false])).toThrowError(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: 'The score of row 1 is NaN.',
      }) as Error,
    );
  });
});

describe('rocAuc', () => {
  it('is the share of pairs in the right order, a tie half', () => {
    const random = createRandom(1, 'test');
    for (let round = 0; round < 50; round += 1) {
      const isPositive = Array.from({ length: 30 }, () => random.next() < 0.3);
      const scores = isPositive.map(() => Math.floor(random.next() * 8));
      const [ups, downs] = [true, false].map((kind) =>
        scores.filter((_, row) => isPositive[row] === kind),
      ) as [number[], number[]];
      const won = ups.flatMap((up) => downs.map((down) => (Math.sign(up - down) + 1) / 2));
      const share = won.reduce((sum, own) => sum + own, 0) / won.length;
      expect(rocAuc(scores, isPositive)).toBe(share);
    }
  });

  it('does not exist for one kind', () => {
    expect(rocAuc([1, 2], [true, true])).toBeNull();
    expect(rocAuc([], [])).toBeNull();
  });
});

describe('rocAucOneVsRest', () => {
  it('is null for a class that is absent, and in the mean that asks for it', () => {
    const probabilities = [0.6, 0.3, 0.1, 0.2, 0.7, 0.1, 0.5, 0.4, 0.1];
    expect(rocAucOneVsRest(probabilities, [0, 1, 1], 3)).toEqual({
      classes: [1, 1, null],
      macro: null,
      // Class 2 has no weight.
      weighted: 1,
    });
  });

  it('is null where all are of one class, or there is none', () => {
    const none = { classes: [null, null], macro: null, weighted: null };
    expect(rocAucOneVsRest([0.5, 0.5, 0.1, 0.9], [1, 1], 2)).toEqual(none);
    expect(rocAucOneVsRest([], [], 2)).toEqual(none);
  });
});
