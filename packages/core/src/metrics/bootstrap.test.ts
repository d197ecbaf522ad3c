import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { bootstrapInterval } from './bootstrap.ts';

const random = createRandom(6, 'test');
const VALUES = Float64Array.from({ length: 200 }, () => random.next());

function meanOf(values: Float64Array): (rows: Int32Array) => number {
  return (rows) => rows.reduce((sum, row) => sum + (values[row] as number), 0) / rows.length;
}

function width({ low, high }: { readonly low: number; readonly high: number }): number {
  return high - low;
}

describe('bootstrapInterval', () => {
  it('is as wide as the normal approximation says', () => {
    const interval = bootstrapInterval(200, meanOf(VALUES));
    expect(interval).toMatchObject({ level: 0.95, method: 'bootstrap' });
    expect(interval.value).toBe(meanOf(VALUES)(Int32Array.from(VALUES.keys())));
    // Uniform in 0 to 1: a standard deviation of sqrt(1/12).
    const expected = 2 * 1.96 * Math.sqrt(1 / 12 / 200);
    expect(width(interval) / expected).toBeGreaterThan(0.9);
    expect(width(interval) / expected).toBeLessThan(1.1);
    expect(interval.low).toBeLessThan(interval.value);
    expect(interval.high).toBeGreaterThan(interval.value);
  });

  it('has the same bits for the same seed, and others for another', () => {
    const first = bootstrapInterval(200, meanOf(VALUES), { seed: 1 });
    expect(bootstrapInterval(200, meanOf(VALUES), { seed: 1 })).toEqual(first);
    expect(bootstrapInterval(200, meanOf(VALUES), { seed: 2 }).low).not.toBe(first.low);
  });

  it('is not fooled by images that come many times', () => {
    // Each image 9 times: no more is known than before.
    const copies = Float64Array.from({ length: 1800 }, (_, row) => VALUES[row % 200] as number);
    const clusters = Int32Array.from(copies, (_, row) => row % 200);
    const plain = bootstrapInterval(200, meanOf(VALUES));
    const fooled = bootstrapInterval(1800, meanOf(copies));
    const clustered = bootstrapInterval(1800, meanOf(copies), { clusters });
    expect(clustered.method).toBe('cluster bootstrap');
    // The square root of 9.
    expect(width(fooled) / width(plain)).toBeLessThan(0.4);
    expect(width(clustered) / width(plain)).toBeCloseTo(1, 10);
  });

  it('draws whole clusters', () => {
    const clusters = [7, 3, 7, 7, 3, 5];
    bootstrapInterval(
      clusters.length,
      (rows) => {
        const counts = clusters.map((_, row) => rows.filter((drawn) => drawn === row).length);
        expect(counts[0]).toBe(counts[2]);
        expect(counts[0]).toBe(counts[3]);
        expect(counts[1]).toBe(counts[4]);
        const drawn = (counts[0] as number) + (counts[1] as number) + (counts[5] as number);
        expect(drawn).toBe(3);
        return 0;
      },
      { clusters, resamples: 50 },
    );
  });

  it('takes every image for its own cluster without clusters', () => {
    const clusters = Int32Array.from(VALUES.keys());
    const { low, high } = bootstrapInterval(200, meanOf(VALUES), { clusters });
    expect(bootstrapInterval(200, meanOf(VALUES))).toMatchObject({ low, high });
  });

  it('is a point for one image, and does not exist for none', () => {
    const one = bootstrapInterval(1, meanOf(Float64Array.of(0.3)));
    expect(one).toMatchObject({ value: 0.3, low: 0.3, high: 0.3 });
    expect(() => bootstrapInterval(0, meanOf(VALUES))).toThrowError(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: 'A bootstrap of no images does not exist.',
      }) as Error,
    );
  });

  it('does not sort NaN away', () => {
    const precision = (rows: Int32Array): number =>
      rows.filter((row) => row === 0).length / rows.filter((row) => row < 2).length;
    expect(() => bootstrapInterval(9, precision)).toThrowError(
      'A statistic of resampled images is NaN.',
    );
  });

  it.each([0, 1.5, NaN])('refuses %d resamples', (resamples) => {
    expect(() => bootstrapInterval(3, () => 0, { resamples })).toThrowError(
      `resamples must be a positive integer, not ${resamples}.`,
    );
  });

  it('refuses clusters of other images', () => {
    expect(() => bootstrapInterval(3, () => 0, { clusters: [0, 1] })).toThrowError(
      'Clusters: 2 values for 3 images.',
    );
  });
});
