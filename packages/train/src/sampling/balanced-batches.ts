import { IsometryError, type Random } from '@isometry/core';

/** Positive pairs need two images of a class. */
const MIN_IMAGES_PER_CLASS = 2;

export interface PlanEpochOptions {
  /**
   * P: how many classes share a batch, 1 to half of `batchSize`; `batchSize` is then P * K for K images of
   * each. @defaultValue all of them, as far as two images of each fit
   */
  readonly classesPerBatch?: number | undefined;
}

/**
 * Plans one epoch of P x K batches: every image is in at least one batch, the classes of a batch have
 * equally many images or differ by one, and no image is in a batch twice unless its class is too small,
 * whose images then are in it equally often or differ by one.
 * A batch holds those P classes that have the most images left, which takes the fewest batches; their order
 * is then shuffled, so that the large classes are not all at the beginning.
 *
 * @param classes class index of every image
 * @param batchSize images in every batch, 2 or more
 * @returns image positions, a list per batch; with all classes in each batch (P = C) `ceil(largest class /
 * K)` of them, or fewer where K is no whole number
 * @throws `OPTION_INVALID` for more classes per batch than there are, or than have two places in it
 */
export function planEpoch(
  classes: readonly number[],
  batchSize: number,
  random: Random,
  options: PlanEpochOptions = {},
): readonly (readonly number[])[] {
  const decks = createDecks(classes, random);
  const perBatch = countPerBatch(decks.length, batchSize, options.classesPerBatch);
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
  return random.shuffled(batches);
}

function countPerBatch(classes: number, batchSize: number, wanted: number | undefined): number {
  const room = Math.max(1, Math.floor(batchSize / MIN_IMAGES_PER_CLASS));
  const most = Math.min(classes, room);
  if (wanted === undefined || classes === 0) return most;
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= most) return wanted;
  throw new IsometryError('OPTION_INVALID', `classesPerBatch is ${wanted}.`, {
    hint: `Give an integer from 1 to ${most}: there are ${classes} classes and ${batchSize} images in a batch.`,
    details: { option: 'classesPerBatch' },
  });
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
  let next = 0;
  let unseen = members.length;
  return {
    get unseen() {
      return unseen;
    },
    draw: (count) => {
      const drawn: number[] = [];
      while (drawn.length < count) {
        if (next === queue.length) {
          const copies = new Map<number, number>();
          for (const image of drawn) copies.set(image, (copies.get(image) ?? 0) + 1);
          // What this batch already has goes last, what it has most often at the very end.
          const copiesOf = (image: number): number => copies.get(image) ?? 0;
          queue = random.shuffled(members).sort((a, b) => copiesOf(a) - copiesOf(b));
          next = 0;
        }
        drawn.push(queue[next] as number);
        next += 1;
      }
      unseen = Math.max(0, unseen - count);
      return drawn;
    },
  };
}
