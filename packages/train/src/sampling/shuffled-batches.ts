import type { Random } from '@isometry/core';

/**
 * Plans one epoch of plain shuffled batches: every image once, in as few batches as `batchSize` allows and
 * as equal as they can be. A short last batch would be left out by some and kept by others: batch norm
 * over one or two images is noise, and so would be its step.
 *
 * @param count images, addressed by their position
 * @param batchSize the largest batch, 1 or more
 * @returns image positions, a list per batch; the lengths differ by one at most
 */
export function planShuffledEpoch(
  count: number,
  batchSize: number,
  random: Random,
): readonly (readonly number[])[] {
  const order = random.shuffled(Array.from({ length: count }, (_, position) => position));
  const batches = Math.ceil(count / batchSize);
  return Array.from({ length: batches }, (_, batch) =>
    order.slice(Math.round((batch * count) / batches), Math.round(((batch + 1) * count) / batches)),
  );
}

/**
 * Weights that let every class count the same in cross-entropy, and an average image 1: images over
 * `classes that have any * images of the class`.
 *
 * @param classes class index of every image
 * @param count how many classes there are
 * @returns a weight per class, 1 for one without images
 */
export function balancedClassWeights(classes: readonly number[], count: number): readonly number[] {
  const sizes = new Array<number>(count).fill(0);
  for (const label of classes) sizes[label] = (sizes[label] as number) + 1;
  const present = sizes.filter((size) => size > 0).length;
  return sizes.map((size) => (size === 0 ? 1 : classes.length / (present * size)));
}
