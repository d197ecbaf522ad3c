import type { PixelImage } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { resampleWeights } from './resample-weights.ts';
import { resize } from './resize.ts';

function gray(width: number, height: number, ...values: number[]): PixelImage {
  return { width, height, data: Uint8Array.from(values.flatMap((value) => [value, value, value])) };
}

function wholeOf(image: PixelImage): Parameters<typeof resize>[1] {
  return { left: 0, top: 0, right: image.width, bottom: image.height };
}

/** The red channel. */
function red(image: PixelImage): number[] {
  return Array.from(image.data.filter((_, index) => index % 3 === 0));
}

describe('resize', () => {
  it('leaves an image of the right size alone, with either filter', () => {
    const image = gray(3, 2, 0, 50, 255, 7, 8, 9);
    expect(resize(image, wholeOf(image), 3, 2, 'bilinear')).toEqual(image);
    expect(resize(image, wholeOf(image), 3, 2, 'bicubic')).toEqual(image);
  });

  // Pillow 11.3: Image.frombytes('L', (4, 1), bytes([0, 100, 200, 255])).resize((2, 1), BILINEAR), and so on.
  it('weighs with a triangle that is widened when it shrinks', () => {
    const image = gray(4, 1, 0, 100, 200, 255);
    expect(red(resize(image, wholeOf(image), 2, 1, 'bilinear'))).toEqual([71, 209]);
    expect(red(resize(image, wholeOf(image), 2, 1, 'bicubic'))).toEqual([60, 221]);
  });

  it('clamps where the cubic overshoots', () => {
    const image = gray(4, 1, 0, 0, 255, 255);
    expect(red(resize(image, wholeOf(image), 8, 1, 'bicubic'))).toEqual([
      0, 0, 0, 52, 203, 255, 255, 255,
    ]);
  });

  it('rounds rows to 8 bits before it weighs columns', () => {
    const image = gray(2, 2, 0, 1, 1, 1);
    // Row by row 0.5 -> 1 and 1, whose mean is 1; all four at once have a mean of 0.75 -> 1.
    expect(red(resize(image, wholeOf(image), 1, 1, 'bilinear'))).toEqual([1]);
    const other = gray(2, 2, 0, 1, 0, 0);
    // 0.5 -> 1 and 0, whose mean 0.5 becomes 1; all four at once have 0.25 -> 0.
    expect(red(resize(other, wholeOf(other), 1, 1, 'bilinear'))).toEqual([1]);
  });
});

describe('resampleWeights', () => {
  it('gives every output position weights that add up to one', () => {
    for (const filter of ['bilinear', 'bicubic'] as const) {
      const { taps, weights } = resampleWeights(
        97,
        Math.fround(3.3),
        Math.fround(90.1),
        31,
        filter,
      );
      for (let position = 0; position < 31; position++) {
        const own = weights.subarray(position * taps, (position + 1) * taps);
        const sum = own.reduce((a, b) => a + b, 0);
        // Each weight is rounded to 2^-22 by itself.
        expect(Math.abs(sum - 2 ** 22)).toBeLessThanOrEqual(taps / 2);
      }
    }
  });

  it('never reads outside the image, and moves only forward', () => {
    const { first, count } = resampleWeights(11, 0, 11, 200, 'bicubic');
    expect(Math.min(...first)).toBe(0);
    expect(Math.max(...first.map((from, index) => from + (count[index] ?? 0)))).toBe(11);
    expect([...first]).toEqual([...first].sort((a, b) => a - b));
  });
});
