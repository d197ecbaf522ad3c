import { createRandom } from '@isometry/core';

/** A seeded source of choices: the same case is the same input everywhere. */
export interface Chance {
  /** An integer from 0 to `count` - 1. */
  below(count: number): number;
  /** True with this probability. */
  is(probability: number): boolean;
  /** One of them. */
  pick<Item>(items: readonly [Item, ...Item[]] | readonly Item[]): Item;
}

export function createChance(seed: number, purpose: string): Chance {
  const random = createRandom(seed, purpose);
  const below = (count: number): number => Math.floor(random.next() * count);
  return {
    below,
    is: (probability) => random.next() < probability,
    pick: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new TypeError('nothing to pick from');
      return item;
    },
  };
}
