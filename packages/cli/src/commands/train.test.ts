import type { ImagesOptions, RecipeOptions } from '@isometry/train';
import { expect, it } from 'vitest';
import { trainCommand } from './train.ts';

/** Every option of the library that a person can want, and what it is called at a terminal. */
const FLAGS: Readonly<Record<keyof Omit<ImagesOptions, 'images'> | keyof RecipeOptions, string[]>> =
  {
    list: ['--list'],
    label: ['--label'],
    group: ['--group'],
    folds: ['--folds'],
    fold: ['--fold'],
    maxUnreadableShare: ['--max-unreadable-share'],
    maxCacheBytes: ['--max-cache-bytes'],
    protocol: ['--protocol'],
    backbone: ['--backbone'],
    widthMultiplier: ['--width-multiplier'],
    size: ['--size'],
    weights: ['--weights'],
    freeze: ['--freeze'],
    loss: ['--loss'],
    lossPreset: ['--loss-preset'],
    normalise: ['--normalise', '--no-normalise'],
    margin: ['--margin'],
    mining: ['--mining'],
    form: ['--form'],
    embeddingSize: ['--embedding-size'],
    batchSize: ['--batch-size'],
    epochs: ['--epochs'],
    patience: ['--patience'],
    learningRate: ['--learning-rate'],
    schedule: ['--schedule'],
    warmupEpochs: ['--warmup-epochs'],
    sampler: ['--sampler'],
    crossEntropyWeight: ['--cross-entropy-weight'],
    logitAdjustment: ['--logit-adjustment'],
    classifier: ['--classifier'],
    classifierEpochs: ['--classifier-epochs'],
    classifierLearningRate: ['--classifier-learning-rate'],
    classWeights: ['--class-weights', '--no-class-weights'],
    labelSmoothing: ['--label-smoothing'],
    augmentation: ['--augment'],
    orientations: ['--orientations'],
    averageDecay: ['--average-decay'],
    batchNormMomentum: ['--batch-norm-momentum'],
    seed: ['--seed'],
  };

const command = () =>
  trainCommand({
    terminal: {
      out: () => undefined,
      err: () => undefined,
      redraws: false,
      colors: false,
      columns: 100,
      signal: new AbortController().signal,
      env: {},
      cwd: '.',
    },
    exitCode: 0,
  });

it('has an option for everything that the library lets one choose', () => {
  const known = command().options.map(({ long }) => long);
  expect(known).toEqual(expect.arrayContaining(Object.values(FLAGS).flat()));
});

it.each([
  [[], undefined],
  [['--normalise'], true],
  [['--no-normalise'], false],
])('with %j leaves it to the preset, or not, whether embeddings are divided', (args, expected) => {
  const own = command();
  expect(own.parseOptions([...args, '--out', 'run']).unknown).toEqual([]);
  expect(own.opts()['normalise']).toBe(expected);
});
