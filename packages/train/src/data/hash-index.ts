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
  const uppers: number[] = [];
  const lowers: number[] = [];
  const entries: Entry[] = [];
  return {
    add: (hash, entry) => {
      const [upper, lower] = hash;
      const [first] = bands;
      const alike = first?.buckets.get(readBits(hash, first.start, first.end)) ?? [];
      if (alike.some((at) => uppers[at] === upper && lowers[at] === lower)) return;
      for (const { start, end, buckets } of bands) {
        const key = readBits(hash, start, end);
        const bucket = buckets.get(key);
        if (bucket === undefined) buckets.set(key, [entries.length]);
        else bucket.push(entries.length);
      }
      uppers.push(upper);
      lowers.push(lower);
      entries.push(entry);
    },
    nearest: (hash) => {
      const [upper, lower] = hash;
      let position = -1;
      let least = maxDistance + 1;
      for (const { start, end, buckets } of bands) {
        for (const at of buckets.get(readBits(hash, start, end)) ?? []) {
          const distance =
            countBits(upper ^ (uppers[at] as number)) + countBits(lower ^ (lowers[at] as number));
          if (distance < least || (distance === least && at < position)) {
            position = at;
            least = distance;
          }
        }
      }
      return position === -1 ? undefined : { entry: entries[position] as Entry, distance: least };
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
