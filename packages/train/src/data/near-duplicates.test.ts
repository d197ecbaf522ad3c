import { type PixelImage, createRandom } from '@isometry/core';
import type { SplitName } from '@isometry/dataset';
import { describe, expect, it } from 'vitest';
import { findDuplicates, findLabelConflicts, type SplitImage } from './near-duplicates.ts';
import { fingerprintPixels } from './pixel-fingerprint.ts';

const size = 48;

/** A few soft blobs on a ground of their own; `change` is applied to each value. */
function picture(seed: number, change = (value: number) => value, bars = 0): PixelImage {
  const random = createRandom(seed, 'picture');
  const blobs = Array.from({ length: 8 }, () => ({
    x: random.next() * size,
    y: random.next() * size,
    radius: 3 + random.next() * 9,
    lift: random.next() * 160 - 80,
  }));
  const data = new Uint8ClampedArray(size * size * 3);
  for (let y = bars; y < size - bars; y += 1) {
    for (let x = 0; x < size; x += 1) {
      let value = 128;
      for (const blob of blobs) {
        value +=
          blob.lift * Math.exp(-(((x - blob.x) ** 2 + (y - blob.y) ** 2) / blob.radius ** 2));
      }
      for (const channel of [0, 1, 2]) data[(y * size + x) * 3 + channel] = change(value);
    }
  }
  return { width: size, height: size, data: new Uint8Array(data) };
}

function entry(file: string, split: SplitName, pixels: PixelImage, label = 'x'): SplitImage {
  return { file, label, split, fingerprint: fingerprintPixels(pixels, [0, 0, 0]) };
}

describe('findDuplicates', () => {
  it('pairs every later image with the nearest of an earlier split', () => {
    const brighter = picture(1, (value) => value * 1.1 + 5);
    const found = findDuplicates([
      entry('test/exact', 'test', picture(2)),
      entry('test/near', 'test', brighter, 'y'),
      entry('test/own', 'test', picture(3)),
      entry('test/own-again', 'test', picture(3)),
      entry('train/1', 'train', picture(1)),
      entry('validation/2', 'validation', picture(2)),
      entry('validation/4', 'validation', picture(4)),
    ]);
    expect(found.exact).toEqual([
      {
        a: 'validation/2',
        b: 'test/exact',
        splits: ['validation', 'test'],
        labels: ['x', 'x'],
        distance: 0,
      },
    ]);
    expect(found.near).toMatchObject([
      { a: 'train/1', b: 'test/near', splits: ['train', 'test'], labels: ['x', 'y'] },
    ]);
  });

  it('tells apart pictures that share a shape, and sees nothing in flat ones', () => {
    const images = Array.from({ length: 200 }, (_, seed) =>
      entry(`${seed}`, seed % 2 === 0 ? 'train' : 'test', picture(seed, undefined, 12)),
    );
    expect(findDuplicates(images)).toEqual({ exact: [], near: [] });
    const flat = (value: number): PixelImage => picture(1, () => value);
    expect(
      findDuplicates([
        entry('white', 'train', flat(255)),
        entry('grey', 'test', flat(100)),
        entry('black', 'validation', flat(0)),
      ]),
    ).toEqual({ exact: [], near: [] });
  });

  it('takes 100,000 images', { timeout: 20_000 }, () => {
    const random = createRandom(1, 'hashes');
    const images = Array.from({ length: 100_000 }, (_, index): SplitImage => {
      const half = (): number => Math.floor(random.next() * 2 ** 32) | 0;
      const fingerprint = { sha256: `${index}`, perceptual: [half(), half()] as const };
      return {
        file: `${index}`,
        label: 'x',
        split: index < 70_000 ? 'train' : 'test',
        fingerprint,
      };
    });
    const { user } = process.cpuUsage();
    expect(findDuplicates(images)).toEqual({ exact: [], near: [] });
    // Measured: 0.6 s; comparing all with all took 13 s.
    expect((process.cpuUsage().user - user) / 1e6).toBeLessThan(5);
  });
});

describe('findLabelConflicts', () => {
  it('names equal images with different labels, in any split', () => {
    expect(
      findLabelConflicts([
        entry('a', 'train', picture(1), 'x'),
        entry('b', 'train', picture(1), 'y'),
        entry('c', 'test', picture(1), 'x'),
        entry('d', 'train', picture(2), 'x'),
        entry('e', 'train', picture(2), 'x'),
      ]),
    ).toEqual([{ files: ['a', 'b', 'c'], labels: ['x', 'y'] }]);
  });
});

describe('fingerprintPixels', () => {
  it.each([1, 2, 31, 33])('takes a side of %i px', (side) => {
    const random = createRandom(side, 'noise');
    const data = Uint8Array.from({ length: side * side * 3 }, () => random.next() * 256);
    const { perceptual } = fingerprintPixels({ width: side, height: side, data }, [0, 0, 0]);
    expect(perceptual === undefined).toBe(side === 1);
  });
});
