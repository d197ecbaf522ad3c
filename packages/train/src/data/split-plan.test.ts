import { describe, expect, it } from 'vitest';
import type { LabelledFile, SplitName } from '@isometry/dataset';
import { planSplit, type SplitPlan } from './split-plan.ts';
import { splitImages } from './split.ts';

const shares = { train: 0.7, validation: 0.1, test: 0.2 };
const labels = ['a', 'b'];
const files: LabelledFile[] = labels.flatMap((label) =>
  Array.from({ length: 30 }, (_, index) => ({ label, file: `${label}/${index}.jpg` })),
);
const free = { files, labels, groups: undefined, splits: undefined };

function count(split: ReadonlyMap<string, SplitName>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of split.values()) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

/** The first images of each class train, the next validate, the others are the test. */
function given(train: number, validation: number): ReadonlyMap<string, SplitName> {
  return new Map(
    files.map(({ file }, index) => {
      const place = index % 30;
      return [file, place < train ? 'train' : place < train + validation ? 'validation' : 'test'];
    }),
  );
}

describe('planSplit', () => {
  it('splits by shares, by default', () => {
    const plan = { seed: 3, shares };
    expect(planSplit(free, plan)).toEqual(splitImages(files, { ...plan, labels }));
    expect(planSplit(free, { ...plan, fold: 0 })).toEqual(planSplit(free, plan));
  });

  it('tests and validates every image once over all folds', () => {
    const seen = new Map<string, SplitName[]>();
    for (const fold of [0, 1, 2, 3, 4]) {
      const split = planSplit(free, { seed: 1, shares, folds: 5, fold });
      expect(count(split)).toEqual({ train: 36, validation: 12, test: 12 });
      for (const [file, name] of split) seen.set(file, [...(seen.get(file) ?? []), name]);
    }
    expect(seen.size).toBe(60);
    for (const names of seen.values()) {
      expect([...names].sort()).toEqual(['test', 'train', 'train', 'train', 'validation']);
    }
  });

  it('keeps what is given', () => {
    const splits = given(20, 4);
    expect(planSplit({ ...free, splits }, { seed: 1, shares })).toEqual(splits);
  });

  it('takes what is not given from training', () => {
    const noValidation = given(24, 0);
    const split = planSplit({ ...free, splits: noValidation }, { seed: 1, shares });
    expect(count(split)).toEqual({ train: 42, validation: 6, test: 12 });
    const tested = [...noValidation.keys()].filter((file) => noValidation.get(file) === 'test');
    expect(tested.every((file) => split.get(file) === 'test')).toBe(true);
    const noTest = planSplit({ ...free, splits: given(27, 3) }, { seed: 1, shares });
    expect(count(noTest)).toEqual({ train: 42, validation: 6, test: 12 });
    const onlyTraining = planSplit({ ...free, splits: given(30, 0) }, { seed: 1, shares });
    expect(onlyTraining).toEqual(planSplit(free, { seed: 1, shares }));
  });

  it('refuses a given split that lacks a class', () => {
    const splits = new Map(given(20, 4));
    for (const { file } of files.slice(30)) if (splits.get(file) === 'test') splits.delete(file);
    expect(() => planSplit({ ...free, splits }, { seed: 1, shares })).toThrow(
      expect.objectContaining({
        code: 'DATASET_CLASS_TOO_SMALL',
        details: { label: 'b', split: 'test' },
      }),
    );
  });

  it.each([
    { folds: 2 },
    { folds: 2.5 },
    { folds: 5, fold: 5 },
    { folds: 5, fold: -1 },
    { fold: 1 },
  ])('refuses %j', (wrong: Pick<SplitPlan, 'folds' | 'fold'>) => {
    expect(() => planSplit(free, { seed: 1, shares, ...wrong })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });

  it('refuses folds of what is split already', () => {
    expect(() =>
      planSplit({ ...free, splits: given(20, 4) }, { seed: 1, shares, folds: 5 }),
    ).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });
});
