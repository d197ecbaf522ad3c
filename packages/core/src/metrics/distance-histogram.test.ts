import { expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { distanceHistogram } from './distance-histogram.ts';

const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0);

it('puts pairs of one class and of two into bins of equal width', () => {
  // On a line at 0, 1 | 3, 4: distances 1, 1 within and 3, 4, 2, 3 between.
  const set = { data: Float32Array.of(0, 1, 3, 4), size: 1, classes: [0, 0, 1, 1] };
  expect(distanceHistogram(set, { distance: 'euclidean', bins: 4 })).toEqual({
    edges: [0, 1, 2, 3, 4],
    positive: [0, 2, 0, 0],
    // The largest distance is in the last bin.
    negative: [0, 0, 1, 3],
  });
});

it('measures angles, and takes a vector without length for unlike every other', () => {
  const set = { data: Float32Array.of(1, 0, 2, 0, -1, 0, 0, 0), size: 2, classes: [0, 0, 1, 1] };
  const found = distanceHistogram(set, { distance: 'cosine', bins: 2 });
  expect(found.edges).toEqual([0, 1, 2]);
  expect(found.positive).toEqual([1, 1]);
  expect(found.negative).toEqual([0, 4]);
});

it('has nothing to count for one image, and one bin for images that are all alike', () => {
  const one = { data: Float32Array.of(1, 2), size: 2, classes: [0] };
  expect(sum(distanceHistogram(one, { distance: 'euclidean', bins: 3 }).positive)).toBe(0);
  const alike = { data: Float32Array.of(1, 1, 1), size: 1, classes: [0, 0, 1] };
  expect(distanceHistogram(alike, { distance: 'euclidean', bins: 2 })).toEqual({
    edges: [0, 0.5, 1],
    positive: [1, 0],
    negative: [2, 0],
  });
});

it('samples a large set, the same images every time', () => {
  const random = createRandom(3, 'test');
  const set = {
    data: Float32Array.from({ length: 300 }, () => random.next()),
    size: 3,
    classes: Array.from({ length: 100 }, (_, row) => row % 2),
  };
  const options = { distance: 'euclidean', bins: 5, maxImages: 20 } as const;
  const found = distanceHistogram(set, options);
  expect(sum(found.positive) + sum(found.negative)).toBe((20 * 19) / 2);
  expect(distanceHistogram(set, options)).toEqual(found);
});
