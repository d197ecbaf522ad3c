import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import type { EmbeddingSet } from './embedding-set.ts';
import { measureNearest } from './measure-nearest.ts';
import { nearestNeighbourAccuracy } from './nearest-neighbours.ts';
import { measureRetrieval } from './retrieval.ts';
import { runSteps } from './steps.ts';

const random = createRandom(8, 'test');

/** Few values, so that distances tie; the last image is its class's only one. */
function makeSet(count: number): EmbeddingSet {
  return {
    data: Float32Array.from({ length: 2 * count }, () => Math.floor(5 * random.next())),
    size: 2,
    classes: Array.from({ length: count }, (_, row) =>
      row === count - 1 ? 9 : Math.floor(3 * random.next()),
    ),
  };
}

const QUERY = makeSet(30);
const REFERENCE = makeSet(41);

describe('measureNearest', () => {
  it.each([
    ['the set itself', undefined, 'euclidean'],
    ['the set itself', undefined, 'cosine'],
    ['a reference', REFERENCE, 'euclidean'],
  ] as const)('says what one pass for each says: %s, %s', (_, reference, distance) => {
    const neighbours = [1, 5, 11, 29];
    const { retrieval, neighbours: found } = runSteps(
      measureNearest(QUERY, { reference, distance, neighbours }),
    );
    expect(retrieval).toEqual(measureRetrieval(QUERY, { distance }));
    expect(found).toEqual(
      neighbours.map((k) => ({
        k,
        accuracy: nearestNeighbourAccuracy(QUERY, { reference, distance, k }),
      })),
    );
  });

  it.each([
    ['once without a reference', undefined, 30],
    ['twice with one', REFERENCE, 60],
  ])('ranks every image %s, and says how far it is', (_, reference, total) => {
    const done = [...measureNearest(QUERY, { reference, distance: 'euclidean', neighbours: [1] })];
    expect(done.at(-1)).toBe(total);
    expect(done).toEqual([...new Set(done)].sort((a, b) => a - b));
    expect(done.length).toBeGreaterThan(total / 5);
  });

  it('has nothing to say of one image, and refuses more neighbours than there are', () => {
    const one = { data: Float32Array.of(1, 2), size: 2, classes: [0] };
    const { retrieval, neighbours } = runSteps(
      measureNearest(one, { distance: 'euclidean', neighbours: [] }),
    );
    expect(retrieval).toMatchObject({ queries: 0, loneQueries: 1, precisionAt1: null });
    expect(neighbours).toEqual([]);
    expect(() =>
      runSteps(measureNearest(one, { distance: 'euclidean', neighbours: [1] })),
    ).toThrowError('There are 0 neighbours, fewer than 1.');
  });
});
