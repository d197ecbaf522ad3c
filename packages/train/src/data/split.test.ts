import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createRandom } from '@isometry/core';
import type { LabelledFile, SplitName } from '@isometry/dataset';
import { splitFolds, splitImages } from './split.ts';

const shares = { train: 0.7, validation: 0.1, test: 0.2 };

function makeFiles(counts: Readonly<Record<string, number>>): LabelledFile[] {
  return Object.entries(counts).flatMap(([label, count]) =>
    Array.from({ length: count }, (_, index) => ({ label, file: `${label}/${index}.jpg` })),
  );
}

function countBy(
  files: readonly LabelledFile[],
  split: ReadonlyMap<string, SplitName>,
): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { file, label } of files) {
    const key = `${label} ${split.get(file)}`;
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

describe('splitImages', () => {
  it('keeps the shares in every class', () => {
    const counts = { a: 100, b: 50, c: 10 };
    const files = makeFiles(counts);
    const split = splitImages(files, { labels: ['a', 'b', 'c'], shares, seed: 1 });
    expect(countBy(files, split)).toEqual({
      'a train': 70,
      'a validation': 10,
      'a test': 20,
      'b train': 35,
      'b validation': 5,
      'b test': 10,
      'c train': 7,
      'c validation': 1,
      'c test': 2,
    });
  });

  it('puts three images into three splits', () => {
    const files = makeFiles({ a: 3, b: 3 });
    const split = splitImages(files, { labels: ['a', 'b'], shares, seed: 1 });
    expect(Object.values(countBy(files, split))).toEqual([1, 1, 1, 1, 1, 1]);
  });

  it('keeps groups whole and the shares near, over many seeds', () => {
    const files = makeFiles({ a: 400, b: 120, c: 40 });
    for (let seed = 0; seed < 20; seed += 1) {
      const random = createRandom(seed, 'groups');
      // Groups of 1 to about 6 images, some with images of several classes.
      const groups = new Map(
        files.map(({ file }) => [file, `g${Math.floor(random.next() * 160)}`]),
      );
      const split = splitImages(files, { labels: ['a', 'b', 'c'], shares, seed, groups });
      const splitOfGroup = new Map<string, SplitName>();
      for (const { file } of files) {
        const group = groups.get(file) as string;
        const known = splitOfGroup.get(group) ?? (split.get(file) as SplitName);
        expect(split.get(file)).toBe(known);
        splitOfGroup.set(group, known);
      }
      const counts = countBy(files, split);
      // Within one large group of the exact share: 280, 40 and 80 of 400.
      expect(Math.abs((counts['a train'] as number) - 280)).toBeLessThanOrEqual(8);
      expect(Math.abs((counts['a validation'] as number) - 40)).toBeLessThanOrEqual(8);
      expect(Math.abs((counts['a test'] as number) - 80)).toBeLessThanOrEqual(8);
      for (const label of ['a', 'b', 'c']) {
        for (const name of ['train', 'validation', 'test']) {
          expect(counts[`${label} ${name}`]).toBeGreaterThan(0);
        }
      }
    }
  });

  it('is decided by the seed', () => {
    const files = makeFiles({ a: 30, b: 30 });
    const names = (seed: number) =>
      Object.fromEntries(splitImages(files, { labels: ['a', 'b'], shares, seed }));
    expect(names(1)).toEqual(names(1));
    expect(names(1)).not.toEqual(names(2));
  });

  it('splits as it did for the results that were published', () => {
    const hash = createHash('sha256');
    const files = makeFiles({ a: 400, b: 120, c: 40 });
    for (let seed = 0; seed < 20; seed += 1) {
      const random = createRandom(seed, 'groups');
      const groups = new Map(
        files.map(({ file }) => [file, `g${Math.floor(random.next() * 160)}`]),
      );
      for (const each of [groups, undefined]) {
        const split = splitImages(files, { labels: ['a', 'b', 'c'], shares, seed, groups: each });
        for (const { file } of files) hash.update(`${file} ${split.get(file)}\n`);
      }
    }
    // Of the first version, before folds and given splits came.
    expect(hash.digest('hex')).toBe(
      '0a9b0171a270ddcefca1ae13b9f3bf4282d6926f9dc8f71628722251ccd4eeb5',
    );
  });

  it('fills two splits in proportion when the third is given', () => {
    const files = makeFiles({ a: 80, b: 40 });
    const options = { labels: ['a', 'b'], shares, seed: 1 };
    expect(countBy(files, splitImages(files, options, ['validation', 'train']))).toEqual({
      'a train': 70,
      'a validation': 10,
      'b train': 35,
      'b validation': 5,
    });
  });

  it('refuses a class with too few images or groups', () => {
    const tooSmall = expect.objectContaining({ code: 'DATASET_CLASS_TOO_SMALL' });
    const files = makeFiles({ a: 9, b: 2 });
    expect(() => splitImages(files, { labels: ['a', 'b'], shares, seed: 1 })).toThrow(tooSmall);
    expect(() =>
      splitImages(makeFiles({ a: 9 }), { labels: ['a', 'empty'], shares, seed: 1 }),
    ).toThrow(tooSmall);
    const grouped = makeFiles({ a: 9, b: 9 });
    const groups = new Map(
      grouped.map(({ file, label }, index) => [file, label === 'b' ? `b${index % 2}` : file]),
    );
    expect(() => splitImages(grouped, { labels: ['a', 'b'], shares, seed: 1, groups })).toThrow(
      tooSmall,
    );
  });
});

describe('splitFolds', () => {
  const labels = ['a', 'b'];

  it('deals each class evenly, by the seed', () => {
    const files = makeFiles({ a: 100, b: 15 });
    const folds = splitFolds(files, { labels, folds: 5, seed: 1 });
    const counts = new Map<string, number>();
    for (const { file, label } of files) {
      const key = `${label} ${folds.get(file)}`;
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual(
      Object.fromEntries(
        [0, 1, 2, 3, 4].flatMap((fold) => [
          [`a ${fold}`, 20],
          [`b ${fold}`, 3],
        ]),
      ),
    );
    expect(splitFolds(files, { labels, folds: 5, seed: 1 })).toEqual(folds);
    expect(splitFolds(files, { labels, folds: 5, seed: 2 })).not.toEqual(folds);
  });

  it('keeps groups whole and the folds near a fifth', () => {
    const files = makeFiles({ a: 400, b: 120 });
    for (let seed = 0; seed < 10; seed += 1) {
      const random = createRandom(seed, 'groups');
      const groups = new Map(
        files.map(({ file }) => [file, `g${Math.floor(random.next() * 160)}`]),
      );
      const folds = splitFolds(files, { labels, folds: 5, seed, groups });
      const foldsOfGroup = new Map<string, Set<number>>();
      for (const [file, group] of groups) {
        const own = foldsOfGroup.get(group) ?? new Set();
        foldsOfGroup.set(group, own.add(folds.get(file) as number));
      }
      expect([...foldsOfGroup.values()].every((own) => own.size === 1)).toBe(true);
      for (const fold of [0, 1, 2, 3, 4]) {
        const own = files.filter(({ file }) => folds.get(file) === fold);
        // Within one large group of 80 and 24.
        expect(Math.abs(own.filter(({ label }) => label === 'a').length - 80)).toBeLessThan(8);
        expect(Math.abs(own.filter(({ label }) => label === 'b').length - 24)).toBeLessThan(8);
      }
    }
  });

  it('refuses a class with fewer groups than folds', () => {
    expect(() => splitFolds(makeFiles({ a: 9, b: 4 }), { labels, folds: 5, seed: 1 })).toThrow(
      expect.objectContaining({ code: 'DATASET_CLASS_TOO_SMALL', details: { label: 'b' } }),
    );
  });
});
