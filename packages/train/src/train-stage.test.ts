import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { LayersModel, Tensor2D } from '@tensorflow/tfjs-node';
import { IsometryError, createRandom } from '@isometry/core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadCheckpoint } from './checkpoint.ts';
import type { BatchRequest } from './data/make-batch.ts';
import { trainableLayers } from './kernels/layers.ts';
import { namedVariables, readWeights, type NetworkWeights } from './network-weights.ts';
import { openRunLog } from './run-log.ts';
import { planShuffledEpoch } from './sampling/shuffled-batches.ts';
import { loadTfjs, type Tfjs } from './tfjs.ts';
import { trainStage, type CarriedState, type Stage, type StageHost } from './train-stage.ts';

let tf: Tfjs;
let folder = '';
beforeAll(async () => {
  tf = await loadTfjs();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-stage-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const SIDE = 4;
const COUNT = 12;
const EPOCHS = 3;
/** Steps of all epochs: batches of 4 from 12 images. */
const STEPS = 9;

/** A network with everything that has state: weights, batch norm's statistics. */
function createModel(): LayersModel {
  const layers = trainableLayers(tf);
  const seed = 7;
  return tf.sequential({
    layers: [
      layers.conv2d({
        inputShape: [SIDE, SIDE, 3],
        filters: 4,
        kernelSize: 3,
        kernelInitializer: tf.initializers.glorotUniform({ seed }),
        name: 'conv',
      }),
      layers.batchNormalization({ momentum: 0.9, name: 'bn' }),
      tf.layers.flatten({ name: 'flat' }),
      tf.layers.dense({
        units: 2,
        kernelInitializer: tf.initializers.glorotUniform({ seed }),
        name: 'out',
      }),
    ],
  });
}

const classes = Array.from({ length: COUNT }, (_, index) => index % 2);

/** Noise that is a little redder in one class; a seed brightens it, as augmentation would change it. */
function loadBatch({ images, seed = 0 }: BatchRequest) {
  const data = images.flatMap((image) => {
    const random = createRandom(image, 'pixels');
    return Array.from(
      { length: SIDE * SIDE * 3 },
      (_, at) =>
        random.next() + (at % 3 === 0 ? (classes[image] as number) : 0) + (seed % 97) / 970,
    );
  });
  return Promise.resolve(Float32Array.from(data));
}

interface Run {
  readonly weights: NetworkWeights;
  readonly log: string;
  readonly losses: readonly number[];
  readonly epoch: number;
  readonly carried: CarriedState | undefined;
}

interface RunOptions {
  readonly name: string;
  readonly averageDecay?: number;
  /** Stops, as Ctrl-C does, before this step of all. */
  readonly abortBefore?: number;
  readonly resume?: boolean;
  /** Of a stage before, with what it hands on. */
  readonly model?: LayersModel;
  readonly carried?: CarriedState | undefined;
  readonly stage?: Partial<Stage>;
  readonly host?: Partial<StageHost>;
}

async function runStage(options: RunOptions): Promise<Run> {
  const checkpointPath = join(folder, `${options.name}.safetensors`);
  const resumed = options.resume === true ? await loadCheckpoint(checkpointPath) : undefined;
  const model = options.model ?? createModel();
  const log = await openRunLog(tf, folder, resumed?.progress.logBytes ?? 0);
  const controller = new AbortController();
  const losses: number[] = [];
  const host: StageHost = {
    tf,
    model,
    loader: { load: loadBatch },
    train: {
      files: classes.map((_, index) => `${index}.png`),
      images: [...classes.keys()],
      classes,
      labels: ['a', 'b'],
    },
    inputSize: [SIDE, SIDE],
    log,
    folder,
    checkpointPath,
    checkpointSeconds: 1e9,
    seed: 3,
    resumed,
    finished: {},
    signal: controller.signal,
    onProgress: ({ done }) => {
      losses.push(done);
      if (done === options.abortBefore) controller.abort();
    },
    ...options.host,
  };
  const stage: Stage = {
    name: 'test-stage',
    variables: namedVariables(model),
    planEpoch: (epoch) => planShuffledEpoch(COUNT, 4, createRandom(3, `${epoch}`)),
    loss: (input, positions) => {
      const logits = model.apply(input, { training: true }) as Tensor2D;
      const labels = tf.oneHot(
        tf.tensor1d(
          positions.map((position) => classes[position] as number),
          'int32',
        ),
        2,
      );
      return tf.losses.softmaxCrossEntropy(labels, logits).asScalar();
    },
    rate: { learningRate: 0.01, schedule: 'cosine', warmupEpochs: 1, epochs: EPOCHS },
    augment: true,
    averageDecay: options.averageDecay ?? 0,
    evaluate: (means) => Promise.resolve({ validationLoss: means['loss'] as number }),
    stopping: { monitor: 'validation-loss', patience: 9, keep: 'best' },
    ...options.stage,
  };
  try {
    const { epoch, carried } = await trainStage(host, stage, options.carried);
    await log.flush();
    const text = await readFile(join(folder, 'log.jsonl'), 'utf8');
    return { weights: readWeights(model), log: text, losses, epoch, carried };
  } finally {
    await log.close();
    if (options.model === undefined) model.dispose();
  }
}

describe('trainStage', () => {
  it('ends with the same bits and the same log wherever it was stopped', async () => {
    const whole = await runStage({ name: 'whole', averageDecay: 0.9 });
    expect(whole.losses).toHaveLength(STEPS);
    // The first step of all, within an epoch, at its end, the first of the next; every one in the full run.
    const stops = process.env['ISOMETRY_FULL'] === '1' ? [1, 2, 3, 4, 5, 6, 7, 8] : [1, 2, 3, 7];
    for (const abortBefore of stops) {
      const name = `stopped-${abortBefore}`;
      await expect(runStage({ name, averageDecay: 0.9, abortBefore })).rejects.toMatchObject({
        code: 'ABORTED',
      });
      const rest = await runStage({ name, averageDecay: 0.9, resume: true });
      expect(rest.log).toBe(whole.log);
      expect(rest.weights).toEqual(whole.weights);
      expect(rest.losses[0]).toBe(abortBefore + 1);
    }
  });

  it('keeps the steps of an epoch whose evaluation is stopped', async () => {
    const whole = await runStage({ name: 'whole', averageDecay: 0.9 });
    const name = 'evaluating';
    const evaluate: Stage['evaluate'] = (means, epoch) =>
      epoch === 2
        ? Promise.reject(new IsometryError('ABORTED', 'Stopped.'))
        : Promise.resolve({ validationLoss: means['loss'] as number });
    await expect(runStage({ name, averageDecay: 0.9, stage: { evaluate } })).rejects.toMatchObject({
      code: 'ABORTED',
    });
    const rest = await runStage({ name, averageDecay: 0.9, resume: true });
    expect(rest.losses[0]).toBe(7);
    expect(rest.log).toBe(whole.log);
    expect(rest.weights).toEqual(whole.weights);
  });

  it('stops at an evaluation that is no number, be it the last one', async () => {
    const evaluate: Stage['evaluate'] = (_, epoch) =>
      Promise.resolve({ validationLoss: epoch === EPOCHS ? Number.NaN : epoch });
    await expect(runStage({ name: 'nan', stage: { evaluate } })).rejects.toMatchObject({
      code: 'TRAINING_DIVERGED',
      details: { epoch: EPOCHS },
    });
  });

  const flat = { schedule: 'constant', warmupEpochs: 0 } as const;

  it.each([0, 0.9])('stops at a weight that the last step broke, average %d', async (decay) => {
    // No later step whose loss could tell: only the weights themselves do.
    const planEpoch: Stage['planEpoch'] = () => [[0, 1, 2, 3]];
    const rate = { ...flat, learningRate: 1e39, epochs: 1 };
    const before = tf.memory().numTensors;
    const run = runStage({ name: 'broken', averageDecay: decay, stage: { planEpoch, rate } });
    await expect(run).rejects.toMatchObject({
      code: 'TRAINING_DIVERGED',
      message: expect.stringContaining('epoch 1: 108 of 108 in conv/kernel') as string,
      hint: expect.stringContaining('learning rate') as string,
      details: { stage: 'test-stage', epoch: 1 },
    });
    expect(tf.memory().numTensors).toBe(before);
  });

  it('stops at the epoch in which batch norm overflows behind a finite loss', async () => {
    const model = createModel();
    const run = runStage({
      name: 'overflow',
      model,
      stage: {
        variables: namedVariables(model).filter(({ name }) => name === 'conv/kernel'),
        // Squares of 1e25 are beyond float32; normalised by an infinite deviation every image is 0.
        rate: { ...flat, learningRate: 1e25, epochs: EPOCHS },
        planEpoch: (epoch) => [[epoch, epoch + 1, epoch + 2, epoch + 3]],
      },
    });
    const statistic = { weight: 'bn/moving_variance', notFinite: 4, of: 4 };
    await expect(run).rejects.toMatchObject({
      code: 'TRAINING_DIVERGED',
      details: { epoch: 2, weights: expect.arrayContaining([statistic]) as object[] },
    });
    model.dispose();
  });

  it('repeats the steps since the last checkpoint after a kill', async () => {
    const whole = await runStage({ name: 'whole' });
    const name = 'killed';
    // Dies in the second step of the second epoch: the last checkpoint is the one after the first epoch.
    let loads = 0;
    const load: StageHost['loader']['load'] = (request) => {
      loads += 1;
      return loads === 6 ? Promise.reject(new TypeError('killed')) : loadBatch(request);
    };
    await expect(runStage({ name, host: { loader: { load } } })).rejects.toThrow('killed');
    const rest = await runStage({ name, resume: true });
    expect(rest.losses[0]).toBe(4);
    expect(rest.log).toBe(whole.log);
    expect(rest.weights).toEqual(whole.weights);
  });

  it('goes on in a second stage as if it were the same one', async () => {
    const stopping = { monitor: 'training-loss', patience: 9, keep: 'last' } as const;
    const rate = { learningRate: 0.01, schedule: 'cosine', warmupEpochs: 1 } as const;
    const whole = await runStage({
      name: 'whole',
      averageDecay: 0.9,
      stage: { stopping, rate: { ...rate, epochs: 3 }, augment: false },
    });
    const model = createModel();
    const { carried } = await runStage({
      name: 'first',
      model,
      averageDecay: 0.9,
      stage: {
        rate: { ...rate, epochs: 1, epochsAfter: 2 },
        stopping: { ...stopping, keep: 'raw' },
        augment: false,
      },
    });
    const second = await runStage({
      name: 'second',
      averageDecay: 0.9,
      model,
      carried,
      stage: {
        rate: { ...rate, epochs: 2, epochsBefore: 1 },
        planEpoch: (epoch) => planShuffledEpoch(COUNT, 4, createRandom(3, `${epoch + 1}`)),
        stopping,
        augment: false,
      },
    });
    expect(second.weights).toEqual(whole.weights);
    model.dispose();
  });

  it('lowers the loss, and stops when it does not fall any more', async () => {
    const epochLosses = (log: string): number[] =>
      log
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { event: string; values: { loss: number } })
        .filter(({ event }) => event === 'epoch')
        .map(({ values }) => values.loss);
    const { log } = await runStage({ name: 'down' });
    const losses = epochLosses(log);
    expect(losses).toHaveLength(EPOCHS);
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);

    const worse = [1, 2, 3];
    const stuck = await runStage({
      name: 'stuck',
      stage: {
        evaluate: (_, epoch) => Promise.resolve({ validationLoss: worse[epoch - 1] as number }),
        stopping: { monitor: 'validation-loss', patience: 1, keep: 'best' },
      },
    });
    expect(epochLosses(stuck.log)).toHaveLength(2);
    expect(stuck.epoch).toBe(1);
    const first = await runStage({
      name: 'first',
      stage: {
        rate: { learningRate: 0.01, schedule: 'cosine', warmupEpochs: 1, epochs: EPOCHS },
        evaluate: (_, epoch) => Promise.resolve({ validationLoss: epoch }),
        stopping: { monitor: 'validation-loss', patience: 9, keep: 'best' },
      },
    });
    expect(stuck.weights).toEqual(first.weights);
  });

  it('keeps the last weights where the paper does', async () => {
    const stopping = { monitor: 'training-loss', patience: 9, keep: 'last' } as const;
    const evaluate: Stage['evaluate'] = (_, epoch) => Promise.resolve({ validationLoss: epoch });
    const last = await runStage({ name: 'last', stage: { stopping, evaluate } });
    const best = await runStage({ name: 'best', stage: { evaluate } });
    expect(last.epoch).toBe(EPOCHS);
    expect(best.epoch).toBe(1);
    expect(last.weights).not.toEqual(best.weights);
  });

  it('saves the batch whose loss is no number, and leaves the weights as they were', async () => {
    const load: StageHost['loader']['load'] = async (request) => {
      const data = await loadBatch(request);
      if (request.images.includes(5)) data[0] = Number.NaN;
      return data;
    };
    const before = tf.memory().numTensors;
    const error: unknown = await runStage({ name: 'nan', host: { loader: { load } } }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: 'TRAINING_DIVERGED', details: { epoch: 1 } });
    const saved = JSON.parse(await readFile(join(folder, 'failed-batch.json'), 'utf8')) as {
      images: { file: string }[];
    };
    expect(saved.images.map(({ file }) => file)).toContain('5.png');
    expect(tf.memory().numTensors).toBe(before);
  });

  it('holds the same tensors and the same memory at step 1,000 as at step 200', async () => {
    const steps = 1000;
    const seen: { tensors: number; bytes: number; native: number }[] = [];
    const planEpoch: Stage['planEpoch'] = (epoch) =>
      Array.from({ length: steps }, (_, step) =>
        planShuffledEpoch(COUNT, 4, createRandom(3, `${epoch}/${step}`)),
      ).map(([batch]) => batch as readonly number[]);
    await runStage({
      name: 'long',
      averageDecay: 0.9,
      stage: {
        planEpoch,
        rate: { learningRate: 0.01, schedule: 'cosine', warmupEpochs: 0, epochs: 1 },
      },
      host: {
        onProgress: ({ done }) => {
          if (done !== 200 && done !== steps) return;
          const { numTensors, numBytes } = tf.memory();
          const { rss, heapTotal } = process.memoryUsage();
          // JavaScript's heap sizes itself by the garbage: what TensorFlow holds is all the rest.
          seen.push({ tensors: numTensors, bytes: numBytes, native: rss - heapTotal });
        },
      },
    });
    const [early, late] = seen as [(typeof seen)[number], (typeof seen)[number]];
    expect(late.tensors).toBe(early.tensors);
    expect(late.bytes).toBe(early.bytes);
    expect(late.native / early.native).toBeLessThan(1.05);
  });

  it('leaves no tensor behind', async () => {
    const before = tf.memory().numTensors;
    await runStage({ name: 'once', averageDecay: 0.9 });
    expect(tf.memory().numTensors).toBe(before);
  });
});
