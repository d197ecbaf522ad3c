import { describe, expect, it } from 'vitest';
import { createRandom } from '@isometry/core';
import { planEpoch } from './balanced-batches.ts';

const repeat = (counts: readonly number[]): number[] =>
  counts.flatMap((count, label) => new Array<number>(count).fill(label));

/** What a plan breaks of its promises; empty if nothing. */
function findFaults(
  classes: readonly number[],
  plan: readonly (readonly number[])[],
  batchSize: number,
  classesPerBatch: number,
): string[] {
  const faults: string[] = [];
  const sizes = countClasses(classes);
  if (new Set(plan.flat()).size !== classes.length) faults.push('an image is in no batch');
  for (const [at, batch] of plan.entries()) {
    const labels = batch.map((image) => classes[image] as number);
    const counts = countClasses(labels);
    if (batch.length !== batchSize) faults.push(`batch ${at} has ${batch.length} images`);
    if (counts.size !== classesPerBatch) faults.push(`batch ${at} has ${counts.size} classes`);
    if (Math.max(...counts.values()) - Math.min(...counts.values()) > 1) {
      faults.push(`batch ${at} is uneven`);
    }
    const copies = countClasses(batch);
    for (const [image, count] of copies) {
      const label = classes[image] as number;
      // As evenly often as a class that is too small allows, and once otherwise.
      const most = Math.ceil((counts.get(label) as number) / (sizes.get(label) as number));
      if (count > most) faults.push(`batch ${at} has an image ${count} times`);
    }
  }
  return faults;
}

function countClasses(labels: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}

describe('planEpoch', () => {
  it.each([
    { counts: [100, 10, 40], batchSize: 24 },
    { counts: [1000, 100, 550], batchSize: 32 },
    { counts: [101, 2, 1], batchSize: 16 },
    { counts: [7, 7], batchSize: 5 },
    { counts: [3, 2], batchSize: 64 },
    { counts: new Array<number>(30).fill(9), batchSize: 16 },
  ])('covers $counts in balanced batches of $batchSize', ({ counts, batchSize }) => {
    const classes = repeat(counts);
    const batches = planEpoch(classes, batchSize, createRandom(3, 'test'));
    const perBatch = Math.min(counts.length, Math.floor(batchSize / 2));
    expect(findFaults(classes, batches, batchSize, perBatch)).toEqual([]);
  });

  it('keeps its promises on 500 random data sets', () => {
    const random = createRandom(11, 'data-sets');
    const integer = (low: number, high: number) =>
      low + Math.floor(random.next() * (high - low + 1));
    for (let round = 0; round < 500; round += 1) {
      // Sizes from 1 to 200, small ones as often as large ones: up to 200:1.
      const counts = Array.from({ length: integer(1, 20) }, () => Math.round(200 ** random.next()));
      const batchSize = integer(4, 64);
      const most = Math.min(counts.length, Math.floor(batchSize / 2));
      const classesPerBatch = round % 2 === 0 ? undefined : integer(1, most);
      const classes = random.shuffled(repeat(counts));
      const plan = () =>
        planEpoch(classes, batchSize, createRandom(round, 'plan'), { classesPerBatch });
      const batches = plan();
      expect(findFaults(classes, batches, batchSize, classesPerBatch ?? most)).toEqual([]);
      expect(plan()).toEqual(batches);
      // No batch without an image that is new, nor more than what one class after the other would take.
      const share = Math.floor(batchSize / (classesPerBatch ?? most));
      const atMost = counts.reduce((sum, count) => sum + Math.ceil(count / share), 0);
      expect(batches.length).toBeLessThanOrEqual(atMost);
    }
  });

  it('needs no more batches than the largest class asks for', () => {
    expect(planEpoch(repeat([100, 10, 40]), 24, createRandom(1, 'test'))).toHaveLength(13);
    expect(planEpoch(repeat([100, 10, 40]), 25, createRandom(1, 'test'))).toHaveLength(12);
  });

  it('takes few classes at a time if told so', () => {
    const classes = repeat([40, 40, 40, 40]);
    const batches = planEpoch(classes, 8, createRandom(1, 'test'), { classesPerBatch: 2 });
    expect(findFaults(classes, batches, 8, 2)).toEqual([]);
    expect(batches).toHaveLength(20);
  });

  it.each([0, 1.5, 4, 5])('refuses %d classes per batch of 6 images from 4 classes', (wanted) => {
    expect(() =>
      planEpoch(repeat([3, 3, 3, 3]), 6, createRandom(1, 'test'), { classesPerBatch: wanted }),
    ).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it('does not begin with the large classes', () => {
    const counts = [64, 64, 4, 4, 4, 4, 4, 4, 4, 4];
    const classes = repeat(counts);
    const isLarge = (batch: readonly number[]) =>
      batch.every((image) => (classes[image] as number) < 2);
    // By the seed: of 20 plans, those that begin and those that end with a batch of the large classes alone.
    const plans = Array.from({ length: 20 }, (_, seed) =>
      planEpoch(classes, 8, createRandom(seed, 'test'), { classesPerBatch: 2 }),
    );
    expect(plans.some((plan) => !isLarge(plan[0] as number[]))).toBe(true);
    expect(plans.some((plan) => isLarge(plan.at(-1) as number[]))).toBe(true);
  });

  it('is decided by the seed', () => {
    const classes = repeat([20, 5]);
    const plan = (seed: number) => planEpoch(classes, 8, createRandom(seed, 'test'));
    expect(plan(1)).toEqual(plan(1));
    expect(plan(1)).not.toEqual(plan(2));
  });

  it('has nothing to plan without images', () => {
    expect(planEpoch([], 8, createRandom(1, 'test'))).toEqual([]);
  });
});
