import type { Random } from './random.ts';

/** Positive pairs need two images of a class. */
const MIN_IMAGES_PER_CLASS = 2;

/**
 * Plans one epoch of P x K batches: every image is in at least one batch, the classes of a batch have
 * equally many images or differ by one, and no image is in a batch twice unless its class is too small.
 * A batch holds all classes when two images of each fit, else those with the most images left.
 *
 * @param classes class index of every image
 * @param batchSize images in every batch, 4 or more
 * @returns image positions, a list per batch; about `largest class / (batchSize / P)` batches
 */
export function planEpoch(
  classes: readonly number[],
  batchSize: number,
  random: Random,
): readonly (readonly number[])[] {
  const decks = createDecks(classes, random);
  const perBatch = Math.min(decks.length, Math.floor(batchSize / MIN_IMAGES_PER_CLASS));
  const batches: number[][] = [];
  while (decks.some((deck) => deck.unseen > 0)) {
    // Shuffled before the (stable) sort: ties are broken at random.
    const chosen = random
      .shuffled(decks)
      .sort((a, b) => b.unseen - a.unseen)
      .slice(0, perBatch);
    const share = Math.floor(batchSize / chosen.length);
    const extras = batchSize - share * chosen.length;
    const batch = chosen.flatMap((deck, rank) => deck.draw(share + (rank < extras ? 1 : 0)));
    batches.push(batch);
  }
  return batches;
}

interface Deck {
  /** Images that this epoch has not drawn yet. */
  readonly unseen: number;
  draw(count: number): number[];
}

function createDecks(classes: readonly number[], random: Random): Deck[] {
  const members = new Map<number, number[]>();
  for (const [image, label] of classes.entries()) {
    const list = members.get(label);
    if (list === undefined) members.set(label, [image]);
    else list.push(image);
  }
  return [...members.entries()].sort(([a], [b]) => a - b).map(([, own]) => createDeck(own, random));
}

function createDeck(members: readonly number[], random: Random): Deck {
  let queue = random.shuffled(members);
  let unseen = members.length;
  return {
    get unseen() {
      return unseen;
    },
    draw: (count) => {
      const drawn: number[] = [];
      while (drawn.length < count) {
        if (queue.length === 0) {
          const fresh = random.shuffled(members);
          // What this batch already has goes last.
          queue = [
            ...fresh.filter((image) => !drawn.includes(image)),
            ...fresh.filter((image) => drawn.includes(image)),
          ];
        }
        drawn.push(queue.shift() as number);
      }
      unseen = Math.max(0, unseen - count);
      return drawn;
    },
  };
}
