import { beforeAll, expect, it } from 'vitest';
import type { CheckpointProgress } from './checkpoint.ts';
import { createNetwork } from './network.ts';
import { epochsLeft, runStages, type RunStagesOptions } from './run-stages.ts';
import { loadTfjs, type Tfjs } from './tfjs.ts';
import { resolveSettings } from './train-options.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
});

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

it.each([
  ['cross-entropy', 'train-network'],
  ['triplet', 'fine-tune'],
] as const)('looks at what comes after the last epoch of %s, batch norm', async (loss, last) => {
  // No epoch at all, as where a checkpoint stands at the end: only the last estimate of the statistics is made.
  const settings = {
    ...resolveSettings({ loss, size: 32, widthMultiplier: 0.25, embeddingSize: 8 }),
    epochs: 0,
    classifierEpochs: 0,
  };
  const [width, height] = [settings.size, settings.size];
  const network = createNetwork(tf, { ...settings, width, height, classes: 2, cosineScale: 0 });
  const part = { files: ['a/1.png', 'b/1.png'], images: [0, 1], classes: [0, 1] };
  const run = async (brightness: number) =>
    runStages(tf, {
      options: {},
      prepared: {
        settings,
        pixels: { width, height },
        dataset: { labels: ['a', 'b'], train: part, validation: part },
      },
      network,
      // The square of 1e25 is beyond float32.
      loader: {
        load: ({ images }: { readonly images: readonly number[] }) =>
          Promise.resolve(
            new Float32Array(images.length * width * height * 3).map(
              (_, at) => brightness * Math.sin(at),
            ),
          ),
      },
      folder: {},
      log: {},
      weights: null,
    } as unknown as RunStagesOptions);
  expect((await run(1)).epochs).toMatchObject({ [last]: 0 });
  await expect(run(1e25)).rejects.toMatchObject({
    code: 'TRAINING_DIVERGED',
    message: expect.stringMatching(/moving_variance/) as string,
    details: { stage: last, epoch: 0 },
  });
  network.dispose();
});
