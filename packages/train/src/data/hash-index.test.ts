import { expect, it } from 'vitest';
import { createRandom } from '@isometry/core';
import { countDifferences, createHashIndex } from './hash-index.ts';

type Hash = readonly [number, number];

it.each([0, 1, 4, 9])('finds what a search of all finds, within %i bits', (maxDistance) => {
  const random = createRandom(maxDistance, 'hashes');
  const word = (): number => Math.floor(random.next() * 2 ** 32) | 0;
  const hashes: Hash[] = Array.from({ length: 400 }, () => [word(), word()]);
  const index = createHashIndex<number>(maxDistance);
  for (const [entry, hash] of hashes.entries()) index.add(hash, entry);
  let found = 0;
  for (let query = 0; query < 400; query += 1) {
    let [upper, lower] = hashes[query] as Hash;
    const flips = Math.floor(random.next() * (maxDistance + 4));
    for (let flip = 0; flip < flips; flip += 1) {
      const bit = Math.floor(random.next() * 64);
      if (bit < 32) upper ^= 1 << bit;
      else lower ^= 1 << (bit - 32);
    }
    const distances = hashes.map((hash) => countDifferences(hash, [upper, lower]));
    const least = Math.min(...distances);
    const expected =
      least > maxDistance ? undefined : { entry: distances.indexOf(least), distance: least };
    expect(index.nearest([upper, lower])).toEqual(expected);
    if (expected !== undefined) found += 1;
  }
  expect(found).toBeGreaterThan(20);
  expect(found).toBeLessThan(400);
});

it('counts the bits that differ', () => {
  expect(countDifferences([-1, 0], [0, -1])).toBe(64);
  expect(countDifferences([5, 1 << 31], [4, 0])).toBe(2);
});
