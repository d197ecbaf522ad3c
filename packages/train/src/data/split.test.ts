import { describe, expect, it } from 'vitest';
import type { LabelledFile } from './image-folder.ts';
import { createRandom } from '../sampling/random.ts';
import { splitImages, type SplitName } from './split.ts';

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
