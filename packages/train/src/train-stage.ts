import type { LayersModel, Scalar, Tensor4D } from '@tensorflow/tfjs-node';
import { IsometryError, throwIfAborted, type Progress, deriveSeed } from '@isometry/core';
import { saveCheckpoint, type Checkpoint, type CheckpointProgress } from './checkpoint.ts';
import type { BatchLoader } from './data/batch-loader.ts';
import { reportFailedBatch } from './failed-batch.ts';
import { createAdam, type Adam, type AdamState } from './kernels/adam.ts';
import { learningRateAt, type LearningRateOptions } from './learning-rate.ts';
import { readWeights, writeWeights, type NetworkWeights } from './network-weights.ts';
import type { RunLog } from './run-log.ts';
import type { TensorValues } from './safetensors.ts';
import { createStepClock } from './step-clock.ts';
import type { Tfjs } from './tfjs.ts';
import { assertFiniteLoss, assertFiniteWeights } from './training-diverged.ts';
import { createWeightsAverage, type NamedVariable } from './weights-average.ts';

/** What the stages of a run share. */
export interface StageHost {
  readonly tf: Tfjs;
  /** The whole network: what checkpoints hold. */
  readonly model: LayersModel;
  readonly loader: Pick<BatchLoader, 'load'>;
  readonly train: TrainingImages;
  /** Height and width of the input. */
  readonly inputSize: readonly [number, number];
  readonly log: RunLog;
  /** The run folder, for a batch that fails. */
  readonly folder: string;
  readonly checkpointPath: string;
  /** Least seconds between two checkpoints within an epoch; one is saved after every epoch anyway. */
  readonly checkpointSeconds: number;
  readonly seed: number;
  /** Where an earlier process stopped, when it stopped in this stage. */
  readonly resumed?: Checkpoint | undefined;
  /** Best epochs of the stages before. */
  readonly finished: Readonly<Record<string, number>>;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** Images with the index of their class; `images` is where the loader finds them. */
export interface LabelledImages {
  readonly images: readonly number[];
  readonly classes: readonly number[];
}

/** The images that are trained on, by position. */
export interface TrainingImages extends LabelledImages {
  readonly files: readonly string[];
  readonly labels: readonly string[];
}

/** Gradient descent on one loss. */
export interface Stage {
  readonly name: string;
  readonly variables: readonly NamedVariable[];
  /** Positions in the training images, a list per batch; the same for the same epoch. */
  readonly planEpoch: (epoch: number) => readonly (readonly number[])[];
  /**
   * The loss of a batch, inside the gradient tape.
   * @param tell adds numbers to the step's record, and their means to the epoch's
   */
  readonly loss: (
    input: Tensor4D,
    positions: readonly number[],
    tell: (values: Readonly<Record<string, number>>) => void,
  ) => Scalar;
  readonly rate: LearningRateOptions;
  /** Whether batches are augmented, as the loader was told to. */
  readonly augment: boolean;
  /** Decay of the average of the weights that is evaluated and kept; 0 for the weights themselves. */
  readonly averageDecay: number;
  /** Measures the network as it is, after every epoch. */
  readonly evaluate: (
    means: Readonly<Record<string, number>>,
    epoch: number,
  ) => Promise<Readonly<{ validationLoss: number } & Record<string, number>>>;
  readonly stopping: {
    readonly monitor: 'training-loss' | 'validation-loss';
    /** Epochs without a better loss after which the stage stops. */
    readonly patience: number;
    /**
     * What the network has in the end: the weights of the best epoch (or their average), those of the last one,
     * or the last ones without any averaging, for a stage that goes on from there.
     */
    readonly keep: 'best' | 'last' | 'raw';
  };
}

/** What a stage of the same variables can go on with, as if it were the same stage. */
export interface CarriedState {
  readonly adam: AdamState;
  /** Undefined without an average. */
  readonly average: ReadonlyMap<string, TensorValues> | undefined;
}

export interface StageResult {
  /** The epoch whose weights the network has now, from 1. */
  readonly epoch: number;
  /** Of a stage that keeps its weights raw. */
  readonly carried: CarriedState | undefined;
}

/**
 * Runs a stage to its end, on the network in place. It can be killed at any moment: started again with the
 * last checkpoint it repeats the steps since then and ends with the same bits.
 * @param carried from the stage before, when this one goes on with it
 * @throws `TRAINING_DIVERGED`, with the batch saved whose loss is no number, `FILE_WRITE_FAILED`, `ABORTED` after a checkpoint
 */
export async function trainStage(
  host: StageHost,
  stage: Stage,
  carried?: CarriedState,
): Promise<StageResult> {
  const { tf, model, log } = host;
  const adam = createAdam(tf);
  const average =
    stage.averageDecay > 0
      ? createWeightsAverage(tf, stage.variables, stage.averageDecay)
      : undefined;
  let best: (CheckpointProgress['best'] & { readonly weights: NetworkWeights }) | null = null;
  let [epoch, step] = [1, 0];
  let sums: Record<string, number> = {};
  if (host.resumed !== undefined) {
    const { progress, tensors } = host.resumed;
    ({ epoch, step } = progress);
    sums = { ...progress.sums };
    writeWeights(tf, model, group(tensors, 'weights'));
    adam.restore(adamState(host.resumed, stage.variables));
    average?.restore(group(tensors, 'average'), progress.iterations);
    if (progress.best !== null) best = { ...progress.best, weights: group(tensors, 'best') };
  }
  if (host.resumed === undefined && carried !== undefined) {
    adam.restore(carried.adam);
    if (carried.average !== undefined) average?.restore(carried.average, carried.adam.iterations);
  }
  const { keep } = stage.stopping;
  const clock = createStepClock();
  try {
    for (; epoch <= stage.rate.epochs && !isOver(); epoch += 1) {
      const batches = stage.planEpoch(epoch);
      await runSteps(batches);
      const means = Object.fromEntries(
        Object.entries(sums).map(([name, sum]) => [name, sum / batches.length]),
      );
      const measured = await evaluateEpoch(means);
      log.write({
        event: 'epoch',
        stage: stage.name,
        epoch,
        step: batches.length,
        values: { ...means, ...measured },
      });
      [step, sums] = [0, {}];
      await checkpoint(epoch + 1);
    }
    const ran = epoch - 1;
    if (keep === 'best' && best !== null) writeWeights(tf, model, best.weights);
    else if (keep !== 'raw' && average !== undefined) writeWeights(tf, model, average.state());
    return {
      epoch: keep === 'best' ? (best?.epoch ?? ran) : ran,
      carried: keep === 'raw' ? { adam: adam.state(), average: average?.state() } : undefined,
    };
  } finally {
    adam.dispose();
    average?.dispose();
  }

  function isOver(): boolean {
    return best !== null && epoch - 1 - best.epoch >= stage.stopping.patience;
  }

  async function runSteps(batches: readonly (readonly number[])[]): Promise<void> {
    clock.skip();
    let next = load(batches, step);
    while (step < batches.length) {
      if (host.signal?.aborted === true) await checkpoint(epoch);
      throwIfAborted(host.signal);
      const positions = batches[step] as readonly number[];
      const data = (await next) as Float32Array;
      // While TensorFlow works on this batch, the loader's thread makes the next one.
      next = load(batches, step + 1);
      const rate = learningRateAt(epoch - 1 + step / batches.length, stage.rate);
      const values = await runStep(data, positions, rate);
      step += 1;
      for (const [name, value] of Object.entries(values)) sums[name] = (sums[name] ?? 0) + value;
      log.write({
        event: 'step',
        stage: stage.name,
        epoch,
        step,
        values: { ...values, learningRate: rate },
      });
      const total = stage.rate.epochs * batches.length;
      const done = (epoch - 1) * batches.length + step;
      host.onProgress?.({
        stage: stage.name,
        done,
        total,
        message: `epoch ${epoch}/${stage.rate.epochs}, loss ${(values['loss'] as number).toFixed(4)}${clock.describe(positions.length, total - done)}`,
      });
      if (clock.secondsSince('checkpoint') >= host.checkpointSeconds && step < batches.length) {
        await checkpoint(epoch);
      }
    }
  }

  function load(
    batches: readonly (readonly number[])[],
    index: number,
  ): Promise<Float32Array | undefined> {
    const positions = batches[index];
    if (positions === undefined) return Promise.resolve(undefined);
    const images = positions.map((position) => host.train.images[position] as number);
    const seed = deriveSeed(host.seed, `${stage.name}/augment/${epoch}/${index}`);
    const loading = host.loader.load(stage.augment ? { images, seed } : { images });
    // It may fail while another error is on its way to the caller.
    loading.catch(() => undefined);
    return loading;
  }

  async function runStep(
    data: Float32Array,
    positions: readonly number[],
    rate: number,
  ): Promise<Record<string, number>> {
    const [height, width] = host.inputSize;
    const shape: [number, number, number, number] = [positions.length, height, width, 3];
    const input = tf.tensor4d(data, shape);
    let told: Readonly<Record<string, number>> = {};
    const { value, grads } = tf.variableGrads(
      () => stage.loss(input, positions, (values) => (told = values)),
      stage.variables.map(({ variable }) => variable),
    );
    try {
      const [loss] = value.dataSync() as Float32Array;
      if (!Number.isFinite(loss)) {
        throw await reportFailedBatch(host.folder, {
          stage: stage.name,
          epoch,
          step: step + 1,
          loss: loss as number,
          images: positions.map((position) => ({
            file: host.train.files[position] as string,
            label: host.train.labels[host.train.classes[position] as number] as string,
          })),
          input: data,
          shape,
        });
      }
      adam.step(grads, rate);
      average?.update();
      return { loss: loss as number, ...told };
    } finally {
      tf.dispose([input, value, ...Object.values(grads)]);
    }
  }

  /** Stopped within it, the epoch's steps are kept: resumed, only the evaluation is done again. */
  async function evaluateEpoch(
    means: Readonly<Record<string, number>>,
  ): Promise<Readonly<Record<string, number>>> {
    try {
      return await (average === undefined
        ? evaluate(means)
        : average.during(() => evaluate(means)));
    } catch (error) {
      if (error instanceof IsometryError && error.code === 'ABORTED') await checkpoint(epoch);
      throw error;
    }
  }

  async function evaluate(
    means: Readonly<Record<string, number>>,
  ): Promise<Readonly<Record<string, number>>> {
    const measured = await stage.evaluate(means, epoch);
    // An epoch's last step may break the weights: no later loss would tell, and no other one be better than NaN.
    assertFiniteLoss(measured.validationLoss, { stage: stage.name, epoch, step });
    // The average, where there is one, is broken as soon as the weights are.
    assertFiniteWeights(tf, model, { stage: stage.name, epoch });
    const watched =
      stage.stopping.monitor === 'training-loss'
        ? (means['loss'] as number)
        : measured.validationLoss;
    if (best === null || watched < best.loss) {
      best = {
        epoch,
        loss: watched,
        weights: keep === 'best' ? readWeights(model) : new Map(),
      };
    }
    return measured;
  }

  async function checkpoint(nextEpoch: number): Promise<void> {
    const { iterations, moments } = adam.state();
    const tensors = new Map<string, TensorValues>();
    const add = (name: string, part: ReadonlyMap<string, TensorValues>): void => {
      for (const [key, value] of part) tensors.set(`${name}/${key}`, value);
    };
    add('weights', readWeights(model));
    add('best', best?.weights ?? new Map());
    add('average', average?.state() ?? new Map());
    for (const { name, variable } of stage.variables) {
      const own = moments[variable.name];
      if (own === undefined) continue;
      tensors.set(`adam.m/${name}`, { shape: variable.shape, values: own.m });
      tensors.set(`adam.v/${name}`, { shape: variable.shape, values: own.v });
    }
    await saveCheckpoint(host.checkpointPath, {
      tensors,
      progress: {
        stage: stage.name,
        epoch: nextEpoch,
        step,
        sums,
        best: best === null ? null : { epoch: best.epoch, loss: best.loss },
        logBytes: await log.flush(),
        finished: host.finished,
        iterations,
      },
    });
    clock.restart('checkpoint');
  }
}

/** The tensors of one group of a checkpoint, by their names in it. */
function group(
  tensors: ReadonlyMap<string, TensorValues>,
  name: string,
): ReadonlyMap<string, TensorValues> {
  const prefix = `${name}/`;
  return new Map(
    [...tensors]
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

/** Adam's state under the names that the variables have in this process. */
function adamState(
  { tensors, progress }: Checkpoint,
  variables: readonly NamedVariable[],
): ReturnType<Adam['state']> {
  const [m, v] = [group(tensors, 'adam.m'), group(tensors, 'adam.v')];
  const moments: Record<string, { m: Float32Array; v: Float32Array }> = {};
  for (const { name, variable } of variables) {
    const [first, second] = [m.get(name), v.get(name)];
    if (first !== undefined && second !== undefined) {
      moments[variable.name] = { m: first.values, v: second.values };
    }
  }
  return { iterations: progress.iterations, moments };
}
