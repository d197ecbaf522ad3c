import type { TrainingPlan } from '@isometry/train';
import { expect, it } from 'vitest';
import { formatPlan } from './format-plan.ts';

// Of the settings only what a plan shows.
const PLAN = {
  settings: {
    backbone: 'mobilenet',
    widthMultiplier: 0.25,
    size: 32,
    loss: 'triplet',
    metricLoss: { preset: 'facenet2015' },
    protocol: 'best',
    seed: 7,
    group: null,
  },
  classes: [
    { label: 'co\nrn', train: 3, validation: 1, test: 1 },
    { label: 'wart', train: 9, validation: 1, test: 3 },
  ],
  imbalance: 3,
  parameters: { total: 251_827, trainable: 246_355 },
  weights: 'random',
  stages: [
    { name: 'train-embedding', epochs: 1, steps: 1 },
    { name: 'fine-tune', epochs: 2, steps: 1200 },
  ],
  atMostSeconds: 3 * 3600 - 30,
  resumed: null,
} as unknown as TrainingPlan;

it('says what is going to be trained, on what, by what and how long', () => {
  expect(formatPlan(PLAN)).toBe(
    [
      'plan',
      '  class            train  validation        test',
      String.raw`  co\u000arn           3           1           1`,
      '  wart                 9           1           3',
      '  all                 12           2           4',
      '  largest class is 3.0 times the smallest; no --group: every image is split on its own',
      '  mobilenet 0.25, 32 px, 251,827 parameters, 246,355 of them trained; weights: random',
      '  loss triplet (facenet2015), protocol best, seed 7',
      '  train-embedding: at most 1 epoch of 1 step',
      '  fine-tune: at most 2 epochs of 1,200 steps',
      '  at most 3 h 0 min for these steps; it may stop sooner',
    ].join('\n'),
  );
});

it('says where a resumed run goes on', () => {
  const resumed = { stage: 'fine-tune', epoch: 2 };
  expect(formatPlan({ ...PLAN, resumed })).toMatch(/\n {2}goes on in stage fine-tune, epoch 2$/);
});
