/** A seeded source of random numbers: the same on every platform. Not for secrets. */
export interface Random {
  /** Uniform in [0, 1), 32 bits. */
  next(): number;
  /** A shuffled copy (Fisher-Yates). */
  shuffled<Item>(items: readonly Item[]): Item[];
}

/**
 * Makes the source for one `purpose`, so that e.g. another number of batches does not change the split.
 * sfc32 (C. Doty-Humphrey, PractRand), seeded by FNV-1a over seed and purpose.
 */
export function createRandom(seed: number, purpose: string): Random {
  let a = deriveSeed(seed, purpose);
  let b = deriveSeed(seed, `${purpose}/b`);
  let c = deriveSeed(seed, `${purpose}/c`);
  let counter = 1;
  const next = (): number => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  // The first values still show the seed; sfc32's own code discards 12 to 15.
  for (let round = 0; round < 15; round += 1) next();
  return {
    next,
    shuffled: (items) => {
      const copy = [...items];
      for (let last = copy.length - 1; last > 0; last -= 1) {
        const other = Math.floor(next() * (last + 1));
        [copy[last], copy[other]] = [
          copy[other] as (typeof copy)[0],
          copy[last] as (typeof copy)[0],
        ];
      }
      return copy;
    },
  };
}

/** A 32-bit integer from a seed and a purpose, e.g. for a layer's initializer. */
export function deriveSeed(seed: number, purpose: string): number {
  let hash = 0x811c9dc5;
  for (const character of `${seed}/${purpose}`) {
    hash = Math.imul(hash ^ (character.codePointAt(0) as number), 0x01000193);
  }
  return hash | 0;
}
