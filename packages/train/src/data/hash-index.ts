/** Finds the nearest of many 64-bit hashes by their Hamming distance. */
export interface HashIndex<Entry> {
  /** Of entries with the same hash the first stays. */
  add(hash: readonly [number, number], entry: Entry): void;
  /** The nearest entry within the index' distance; of equally near ones the first that was added. */
  nearest(hash: readonly [number, number]): { entry: Entry; distance: number } | undefined;
}

/**
 * Multi-index hashing (Norouzi et al. 2012): two hashes that differ in at most d bits are equal in one of
 * d + 1 bands of bits, so only what shares a band is compared: of 100,000 hashes spread evenly, 12 a band of
 * 13 bits.
 * @param maxDistance bits that may differ, 0 to 15
 */
export function createHashIndex<Entry>(maxDistance: number): HashIndex<Entry> {
  const bands = Array.from({ length: maxDistance + 1 }, (_, band) => {
    const start = Math.floor((64 * band) / (maxDistance + 1));
    const end = Math.floor((64 * (band + 1)) / (maxDistance + 1));
    return { start, end, buckets: new Map<number, number[]>() };
  });
  const known = new Set<string>();
  const hashes: (readonly [number, number])[] = [];
  const entries: Entry[] = [];
  return {
    add: (hash, entry) => {
      if (known.has(hash.join())) return;
      known.add(hash.join());
      for (const { start, end, buckets } of bands) {
        const key = readBits(hash, start, end);
        const bucket = buckets.get(key);
        if (bucket === undefined) buckets.set(key, [hashes.length]);
        else bucket.push(hashes.length);
      }
      hashes.push(hash);
      entries.push(entry);
    },
    nearest: (hash) => {
      let best: { position: number; distance: number } | undefined;
      for (const { start, end, buckets } of bands) {
        for (const position of buckets.get(readBits(hash, start, end)) ?? []) {
          const distance = countDifferences(hash, hashes[position] as readonly [number, number]);
          if (distance > maxDistance) continue;
          const isNearer =
            best === undefined ||
            distance < best.distance ||
            (distance === best.distance && position < best.position);
          if (isNearer) best = { position, distance };
        }
      }
      return best && { entry: entries[best.position] as Entry, distance: best.distance };
    },
  };
}

/** Bits that differ, 0 to 64. */
export function countDifferences(
  [upperA, lowerA]: readonly [number, number],
  [upperB, lowerB]: readonly [number, number],
): number {
  return countBits(upperA ^ upperB) + countBits(lowerA ^ lowerB);
}

/** Population count in parallel (Warren, "Hacker's Delight", 5-1). */
function countBits(value: number): number {
  const pairs = value - ((value >>> 1) & 0x55555555);
  const nibbles = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((nibbles + (nibbles >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Bits `start` to `end` of the 64, as a number that may exceed 32 bits. */
function readBits([upper, lower]: readonly [number, number], start: number, end: number): number {
  const low = start < 32 ? bitsOf(upper, start, Math.min(end, 32)) : 0;
  const high = end > 32 ? bitsOf(lower, Math.max(start, 32) - 32, end - 32) : 0;
  return low + high * 2 ** Math.max(0, 32 - start);
}

function bitsOf(half: number, start: number, end: number): number {
  const shifted = half >>> start;
  return end - start === 32 ? shifted : (shifted & (2 ** (end - start) - 1)) >>> 0;
}
