import { createRandom } from './random.ts';

/**
 * Row numbers in their order: all of them, or a sample without replacement where there are more than `most`.
 * @param purpose seeds the sample: the same count and purpose give the same rows
 */
export function sampleRows(count: number, most: number, purpose: string): readonly number[] {
  const all = Array.from({ length: count }, (_, row) => row);
  if (count <= most) return all;
  return createRandom(0, purpose)
    .shuffled(all)
    .slice(0, most)
    .sort((a, b) => a - b);
}
