import type { Random } from '@isometry/core';

/** A normally distributed number (Box and Muller 1958). */
export function gaussian(random: Random): number {
  // 1 - u is never 0.
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}
