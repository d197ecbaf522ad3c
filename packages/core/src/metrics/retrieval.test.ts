import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import type { EmbeddingSet } from './embedding-set.ts';
import { measureRetrieval } from './retrieval.ts';

/** Images on a line. */
function onLine(places: readonly number[], classes: readonly number[]): EmbeddingSet {
  return { data: Float32Array.from(places), size: 1, classes };
}

const euclidean = { distance: 'euclidean' } as const;

describe('measureRetrieval', () => {
  it('agrees with pencil and paper', () => {
    // From 0: b at 1, a at 3, a at 7. From 3: b 1, a 0, a 7. From 7: a 3, b 1, a 0. b is alone.
    const scores = measureRetrieval(onLine([0, 1, 3, 7], [0, 1, 0, 0]), {
      ...euclidean,
      recallAt: [1, 2, 9],
    });
    expect(scores).toEqual({
      queries: 3,
      loneQueries: 1,
      precisionAt1: 1 / 3,
      // R is 2: one hit of two each.
      rPrecision: 1 / 2,
      // Hits at place 2, 2 and 1.
      mapAtR: (1 / 4 + 1 / 4 + 1 / 2) / 3,
      macro: { precisionAt1: 1 / 3, rPrecision: 1 / 2, mapAtR: 1 / 3 },
      recallAt: [
        { k: 1, value: 1 / 3 },
        { k: 2, value: 1 },
        { k: 9, value: 1 },
      ],
    });
  });

  it('means over classes where it is asked to', () => {
    // Class 0 is apart and has four images, of class 1 each lies beside a lone one.
    const scores = measureRetrieval(
      onLine([0, 1, 2, 3, 50, 51, 80, 81], [0, 0, 0, 0, 1, 2, 1, 3]),
      euclidean,
    );
    expect([scores.queries, scores.loneQueries]).toEqual([6, 2]);
    expect(scores.precisionAt1).toBeCloseTo(4 / 6, 15);
    expect(scores.macro.precisionAt1).toBe(1 / 2);
  });

  it('searches in the reference, where an image can find itself', () => {
    const reference = onLine([0, 10], [0, 1]);
    const scores = measureRetrieval(onLine([0, 10, 0], [0, 0, 7]), { ...euclidean, reference });
    expect(scores).toMatchObject({ queries: 2, loneQueries: 1, precisionAt1: 1 / 2 });
  });

  it('takes equally near images in the order of the reference', () => {
    const query = onLine([0], [1]);
    const first = { ...euclidean, reference: onLine([1, -1], [1, 0]) };
    const second = { ...euclidean, reference: onLine([1, -1], [0, 1]) };
    expect(measureRetrieval(query, first).precisionAt1).toBe(1);
    expect(measureRetrieval(query, second).precisionAt1).toBe(0);
    const alike = onLine([5, 5, 5, 5], [0, 1, 0, 1]);
    // The nearest of rows 0 to 3 is row 1, 0, 0, 0.
    expect(measureRetrieval(alike, euclidean).precisionAt1).toBe(1 / 4);
  });

  it.each([
    ['no image', onLine([], []), 0],
    ['one image', onLine([1], [0]), 1],
    ['lone ones alone', onLine([1, 2], [0, 1]), 2],
  ])('has no score for %s', (_, set, loneQueries) => {
    const nothing = { precisionAt1: null, rPrecision: null, mapAtR: null };
    expect(measureRetrieval(set, { ...euclidean, recallAt: [1] })).toEqual({
      queries: 0,
      loneQueries,
      ...nothing,
      macro: nothing,
      recallAt: [{ k: 1, value: null }],
    });
  });

  it('does not go by length when it measures angles', () => {
    const set = {
      data: Float32Array.of(1, 0.1, 100, 0, 0.1, 1, 0, 100),
      size: 2,
      classes: [0, 0, 1, 1],
    };
    expect(measureRetrieval(set, { distance: 'cosine' }).mapAtR).toBe(1);
    expect(measureRetrieval(set, euclidean).mapAtR).toBe(1 / 2);
  });

  it('takes a vector without length for as far as a right angle', () => {
    // From (1, 0): (1, 1) is nearest, (0, 0) as far as (0, 1): whichever comes first is next.
    const query = { data: Float32Array.of(1, 0), size: 2, classes: [1] };
    const placesOf = (...data: number[]): (number | null)[] => {
      const reference = { data: Float32Array.from(data), size: 2, classes: [1, 0, 2] };
      const options = { distance: 'cosine', reference, recallAt: [1, 2] } as const;
      return measureRetrieval(query, options).recallAt.map(({ value }) => value);
    };
    expect(placesOf(0, 0, 0, 1, 1, 1)).toEqual([0, 1]);
    expect(placesOf(0, 1, 0, 0, 1, 1)).toEqual([0, 1]);
  });

  it('takes everything for equally far from a vector without length', () => {
    const reference = { data: Float32Array.of(0, 0, 0, 1, 1, 1), size: 2, classes: [1, 0, 2] };
    const options = { distance: 'cosine', reference } as const;
    const lengthless = { data: Float32Array.of(0, 0), size: 2, classes: [1] };
    expect(measureRetrieval(lengthless, options).precisionAt1).toBe(1);
  });

  it('sees in float64 what float32 sums would not', () => {
    // Squares of 4096 and 4096.0005 differ by 4 in 16,777,216, and the sums by less than float32 has.
    const near = Math.fround(4096.0005);
    const query = { data: Float32Array.of(0, 0), size: 2, classes: [0] };
    const reference = {
      data: Float32Array.of(near, 4096, 4096, 4096),
      size: 2,
      classes: [1, 0],
    };
    expect(measureRetrieval(query, { ...euclidean, reference }).precisionAt1).toBe(1);
  });

  it('is the same for images in another order, where none are tied', () => {
    const random = createRandom(2, 'test');
    const rows = Array.from({ length: 70 }, (_, row) => ({
      own: row % 5,
      values: Array.from({ length: 6 }, () => random.next() + (row % 5) / 9),
    }));
    const measure = (order: typeof rows): ReturnType<typeof measureRetrieval> =>
      measureRetrieval(
        {
          data: Float32Array.from(order.flatMap(({ values }) => values)),
          size: 6,
          classes: order.map(({ own }) => own),
        },
        euclidean,
      );
    const [straight, shuffled] = [measure(rows), measure(random.shuffled(rows))];
    expect(shuffled.mapAtR).toBeCloseTo(straight.mapAtR as number, 13);
    expect(shuffled.recallAt).toEqual(straight.recallAt);
    // Not a trivial case.
    expect(straight.mapAtR).toBeGreaterThan(0.05);
    expect(straight.mapAtR).toBeLessThan(0.95);
  });

  it.each([
    [onLine([0, NaN], [0, 0]), 'The embedding of row 1 holds NaN.'],
    [onLine([0, Infinity], [0, 0]), 'The embedding of row 1 holds Infinity.'],
    [onLine([0, 1], [0, NaN]), 'The class of row 1 holds NaN.'],
    [onLine([0, 1], [0]), 'Embeddings: 2 values for 1 images.'],
    [{ data: new Float32Array(4), size: 2, classes: [0, 0] }, 'Embeddings of 1 numbers, not 2.'],
  ])('refuses %j', (query, message) => {
    const reference = onLine([0], [0]);
    expect(() => measureRetrieval(query, { ...euclidean, reference })).toThrowError(
      expect.objectContaining({ code: 'OPTION_INVALID', message }) as Error,
    );
  });

  it.each([0, 1.5, NaN])('refuses recall at %d', (k) => {
    expect(() =>
      measureRetrieval(onLine([0, 1], [0, 0]), { ...euclidean, recallAt: [k] }),
    ).toThrowError(`k must be a positive integer, not ${k}.`);
  });
});
