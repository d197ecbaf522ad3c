import { describe, expect, it } from 'vitest';
import { scoreConfusion } from './classification-scores.ts';

describe('scoreConfusion', () => {
  it('agrees with pencil and paper', () => {
    // 4 of class a, 2 of b; nothing is taken for c but one b.
    const scores = scoreConfusion([
      [3, 1, 0],
      [0, 1, 1],
      [0, 0, 0],
    ]);
    expect(scores.accuracy).toBe(4 / 6);
    expect(scores.balancedAccuracy).toBe((3 / 4 + 1 / 2) / 2);
    expect(scores.classes).toEqual([
      { precision: 1, recall: 3 / 4, f1: 6 / 7, support: 4, predicted: 3 },
      { precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, support: 2, predicted: 2 },
      { precision: 0, recall: 0, f1: 0, support: 0, predicted: 1 },
    ]);
    // c has no images, but is predicted: scikit-learn's macro counts it, its balanced accuracy does not.
    expect(scores.macro).toEqual({
      precision: 1.5 / 3,
      recall: 1.25 / 3,
      f1: (6 / 7 + 1 / 2) / 3,
    });
    expect(scores.weighted).toEqual({
      precision: (4 + 1) / 6,
      recall: (3 + 1) / 6,
      f1: ((6 / 7) * 4 + 1) / 6,
    });
  });

  it('leaves a class out that occurs nowhere', () => {
    const scores = scoreConfusion([
      [2, 0, 0],
      [0, 1, 0],
      [0, 0, 0],
    ]);
    expect(scores.macro).toEqual({ precision: 1, recall: 1, f1: 1 });
    expect(scores.classes[2]).toEqual({
      precision: 0,
      recall: 0,
      f1: 0,
      support: 0,
      predicted: 0,
    });
  });

  it('is 0 where there is nothing to divide by', () => {
    const nothing = { precision: 0, recall: 0, f1: 0 };
    const scores = scoreConfusion([
      [0, 0],
      [0, 0],
    ]);
    expect(scores).toMatchObject({
      accuracy: 0,
      balancedAccuracy: 0,
      macro: nothing,
      weighted: nothing,
    });
  });

  it.each([
    [[[1, 2]]],
    [
      [
        [1, NaN],
        [0, 1],
      ],
    ],
    [
      [
        [1, -1],
        [0, 1],
      ],
    ],
  ])('refuses %j', (matrix) => {
    expect(() => scoreConfusion(matrix)).toThrowError(
      expect.objectContaining({ code: 'OPTION_INVALID' }) as Error,
    );
  });
});
