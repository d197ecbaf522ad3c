import { describe, expect, it } from 'vitest';
import { planEpoch } from './balanced-batches.ts';
import { createRandom } from './random.ts';

const repeat = (counts: readonly number[]): number[] =>
  counts.flatMap((count, label) => new Array<number>(count).fill(label));

describe('planEpoch', () => {
  it.each([
    { counts: [100, 10, 40], batchSize: 24 },
    { counts: [101, 2, 1], batchSize: 16 },
    { counts: [7, 7], batchSize: 5 },
    { counts: new Array<number>(30).fill(9), batchSize: 16 },
  ])('covers $counts in balanced batches of $batchSize', ({ counts, batchSize }) => {
    const classes = repeat(counts);
    const batches = planEpoch(classes, batchSize, createRandom(3, 'test'));
    expect(new Set(batches.flat()).size).toBe(classes.length);
    for (const batch of batches) {
      expect(batch).toHaveLength(batchSize);
      const perClass = new Map<number, number>();
      for (const image of batch) {
        const label = classes[image] as number;
        perClass.set(label, (perClass.get(label) ?? 0) + 1);
      }
      expect(perClass.size).toBe(Math.min(counts.length, Math.floor(batchSize / 2)));
      expect(Math.max(...perClass.values()) - Math.min(...perClass.values())).toBeLessThanOrEqual(
        1,
      );
      for (const [label, images] of perClass) {
        const distinct = new Set(batch.filter((image) => classes[image] === label)).size;
        expect(distinct).toBe(Math.min(images, counts[label] as number));
      }
    }
  });

  it('needs no more batches than the largest class asks for', () => {
    expect(planEpoch(repeat([100, 10, 40]), 24, createRandom(1, 'test'))).toHaveLength(13);
    expect(planEpoch(repeat([100, 10, 40]), 25, createRandom(1, 'test'))).toHaveLength(12);
  });

  it('is decided by the seed', () => {
    const classes = repeat([20, 5]);
    const plan = (seed: number) => planEpoch(classes, 8, createRandom(seed, 'test'));
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });
});
