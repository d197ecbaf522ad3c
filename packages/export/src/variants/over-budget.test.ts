import { describe, expect, it } from 'vitest';
import { overBudget } from './over-budget.ts';

const floatSizeBytes = 1000;

function validated(drop: number | null) {
  const error = { images: 10, agreed: 9, drop, divergence: 0 };
  return { all: error, kept: error };
}

describe('overBudget', () => {
  it.each([
    ['at both budgets', 270, validated(0.01), undefined],
    ['better than float32', 250, validated(-0.2), 0],
    ['not validated', 250, null, 0],
    ['without labels', 250, validated(null), 0],
  ])('says nothing of a file that is %s', (_, sizeBytes, validation, maxDrop) => {
    expect(overBudget({ sizeBytes, floatSizeBytes, validation }, maxDrop)).toEqual([]);
  });

  it('says what is over', () => {
    const report = { sizeBytes: 324, floatSizeBytes, validation: validated(0.021) };
    expect(overBudget(report)).toEqual([
      expect.stringMatching(/^int8 takes 32\.4 % of the float32 file, more than 27\.0 %/u),
      expect.stringMatching(/accuracy on the validation images by 2\.1 points, more than 1\.0,/u),
    ]);
    expect(overBudget(report, 0.05)).toHaveLength(1);
  });
});
