import { expect, it } from 'vitest';
import type { CheckpointProgress } from './checkpoint.ts';
import { epochsLeft } from './run-stages.ts';

const stage = {
  name: 'second',
  rate: { learningRate: 1, schedule: 'constant', warmupEpochs: 0, epochs: 5 },
  planEpoch: () => [[0], [1], [2], [3]],
} as const;

it('plans the time of what a checkpoint has not done', () => {
  const progress: CheckpointProgress = {
    stage: 'second',
    epoch: 3,
    step: 1,
    sums: {},
    best: null,
    logBytes: 0,
    finished: { first: 5 },
    iterations: 9,
  };
  expect(epochsLeft(stage, undefined)).toBe(5);
  expect(epochsLeft(stage, progress)).toBe(2.75);
  expect(epochsLeft(stage, { ...progress, epoch: 6, step: 0 })).toBe(0);
  expect(epochsLeft({ ...stage, name: 'first' }, progress)).toBe(0);
  expect(epochsLeft({ ...stage, name: 'third' }, progress)).toBe(5);
});
