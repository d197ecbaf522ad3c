import { describe, expect, it } from 'vitest';
import type { EmbeddingSet } from './embedding-set.ts';
import { nearestNeighbourAccuracy } from './nearest-neighbours.ts';
import { nearestPrototypeAccuracy } from './nearest-prototype.ts';

/** Images on a line. */
function onLine(places: readonly number[], classes: readonly number[]): EmbeddingSet {
  return { data: Float32Array.from(places), size: 1, classes };
}

const distance = 'euclidean';

describe('nearestNeighbourAccuracy', () => {
  it('lets each image be judged by the others', () => {
    // Of 1 and of 3 the two nearest are of class 0; 10 and 11 have each other and the 3.
    const set = onLine([0, 1, 3, 10, 11], [0, 0, 0, 1, 1]);
    expect(nearestNeighbourAccuracy(set, { k: 1, distance })).toBe(1);
    expect(nearestNeighbourAccuracy(set, { k: 3, distance })).toBe(3 / 5);
  });

  it('gives a draw to the smallest class', () => {
    const reference = onLine([1, 2], [1, 0]);
    const accuracy = (own: number): number | null =>
      nearestNeighbourAccuracy(onLine([0], [own]), { k: 2, distance, reference });
    expect([accuracy(0), accuracy(1)]).toEqual([1, 0]);
  });

  it('counts a lone image as wrong', () => {
    expect(nearestNeighbourAccuracy(onLine([0, 1, 2], [0, 0, 1]), { k: 1, distance })).toBe(2 / 3);
  });

  it('needs k neighbours', () => {
    expect(nearestNeighbourAccuracy(onLine([], []), { k: 1, distance })).toBeNull();
    expect(() => nearestNeighbourAccuracy(onLine([1], [0]), { k: 1, distance })).toThrowError(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        message: 'There are 0 neighbours, fewer than 1.',
      }) as Error,
    );
  });

  it('names the row that is no number', () => {
    const reference = onLine([0, 1, NaN], [0, 0, 0]);
    expect(() =>
      nearestNeighbourAccuracy(onLine([1], [0]), { k: 1, distance, reference }),
    ).toThrowError('The embedding of row 2 holds NaN.');
  });
});

describe('nearestPrototypeAccuracy', () => {
  it('leaves each image out of the mean of its class', () => {
    // With itself in it, the mean of class 0 would be 4, and the image at 8 nearer to it than to 13.
    const set = onLine([0, 4, 8, 12, 14], [0, 0, 0, 1, 1]);
    expect(nearestPrototypeAccuracy(set, { distance, reference: set })).toBe(1);
    expect(nearestPrototypeAccuracy(set, { distance })).toBe(4 / 5);
  });

  it('gives a draw to the smallest class, and counts a lone image as wrong', () => {
    const reference = onLine([2, 0], [1, 0]);
    expect(nearestPrototypeAccuracy(onLine([1, 1], [0, 1]), { distance, reference })).toBe(1 / 2);
    expect(nearestPrototypeAccuracy(onLine([0, 1, 5], [0, 0, 1]), { distance })).toBe(2 / 3);
  });

  it('takes the mean of directions when it measures angles', () => {
    // One long vector does not turn the mean of class 0: it stays at (1, 1), nearer than (1, 0.4), which (0, 1) is not.
    const reference = {
      data: Float32Array.of(1, 0, 0, 100, 1, 0.4),
      size: 2,
      classes: [0, 0, 1],
    };
    const query = { data: Float32Array.of(9, 11), size: 2, classes: [0] };
    expect(nearestPrototypeAccuracy(query, { distance: 'cosine', reference })).toBe(1);
  });

  it('takes a mean without length for as far as a right angle', () => {
    const reference = {
      data: Float32Array.of(1, 0, -1, 0, -1, -0.1, 1, 0.1),
      size: 2,
      classes: [0, 0, 1, 2],
    };
    const classOf = (x: number, y: number): number =>
      [0, 1, 2].find(
        (own) =>
          nearestPrototypeAccuracy(
            { data: Float32Array.of(x, y), size: 2, classes: [own] },
            { distance: 'cosine', reference },
          ) === 1,
      ) as number;
    expect([classOf(1, 0.1), classOf(-1, 0), classOf(0, 0)]).toEqual([2, 1, 0]);
  });

  it('has no answer without images', () => {
    expect(nearestPrototypeAccuracy(onLine([], []), { distance })).toBeNull();
    expect(nearestPrototypeAccuracy(onLine([1], [0]), { distance })).toBeNull();
    const reference = onLine([], []);
    expect(nearestPrototypeAccuracy(onLine([1], [0]), { distance, reference })).toBeNull();
  });
});
