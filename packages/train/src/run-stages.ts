import type { Checkpoint, CheckpointProgress } from './checkpoint.ts';
import * as config from './config.ts';
import type { BatchLoader } from './data/batch-loader.ts';
import type { Dataset } from './data/dataset.ts';
import { embeddingStage } from './embedding-stage.ts';
import { forwardImages } from './forward.ts';
import { measureStep } from './measure-step.ts';
import type { Network } from './network.ts';
import { FINE_TUNE_STAGE, NETWORK_STAGE, networkStage } from './network-stage.ts';
import type { RunFolder } from './run-folder.ts';
import type { RunLog } from './run-log.ts';
import type { Tfjs } from './tfjs.ts';
import type { Prepared } from './train-classifier.ts';
import { trainClassifierHead } from './train-classifier-head.ts';
import type { TrainOptions } from './train-options.ts';
import { trainStage, type CarriedState, type Stage, type StageHost } from './train-stage.ts';
import { refreshBatchNorm } from './refresh-batch-norm.ts';
import { assertFiniteWeights } from './training-diverged.ts';
import { countClasses, countParameters, imbalanceOf } from './training-plan.ts';
import type { WeightsReport } from './weights/load-weights.ts';

export interface StagesResult {
  /** The epoch that each stage ended with, from 1, by stage. */
  readonly epochs: Readonly<Record<string, number>>;
}

export interface RunStagesOptions {
  readonly options: TrainOptions;
  readonly prepared: Prepared;
  readonly network: Network;
  readonly loader: BatchLoader;
  readonly folder: RunFolder;
  readonly log: RunLog;
  readonly weights: WeightsReport | null;
}

/**
 * Runs the stages that the settings ask for, from where a checkpoint stands.
 * @throws `TRAINING_DIVERGED`, also when what comes after the last epoch is not finite, and what a stage throws
 */
export async function runStages(tf: Tfjs, run: RunStagesOptions): Promise<StagesResult> {
  const { options, prepared, network } = run;
  const { settings, dataset } = prepared;
  const { metricLoss } = settings;
  const checkpoint = prepared.resumed?.checkpoint;
  const epochs: Record<string, number> = { ...checkpoint?.progress.finished };
  const host = stageHost(tf, run, epochs);
  const { validation } = dataset;
  const makeFirst = (): Stage =>
    metricLoss === null
      ? networkStage(host, network, NETWORK_STAGE, validation, settings)
      : embeddingStage(host, network, metricLoss, validation, settings, options.onWarning);
  const makeSecond = (): Stage =>
    networkStage(host, network, FINE_TUNE_STAGE, validation, settings);
  const isTwofold = metricLoss !== null && settings.classifier === 'fine-tune';

  const first = makeFirst();
  await tellPlan(run, host, isTwofold ? [first, makeSecond()] : [first]);
  let carried: CarriedState | undefined;
  if (!(first.name in epochs)) {
    const ended = await trainStage({ ...host, resumed: at(checkpoint, first) }, first);
    epochs[first.name] = ended.epoch;
    ({ carried } = ended);
  }
  // Trained together with the embedding, the classifier is there already, and is only tuned further.
  const hasClassifier = metricLoss === null || (isTwofold && settings.crossEntropyWeight > 0);
  // What is kept has its batch norm statistics from all training images: before a classifier is fitted to them.
  const refresh = (): Promise<void> => refreshBatchNorm(host, 'end', host.train.images.length);
  if (!hasClassifier && checkpoint?.progress.stage !== FINE_TUNE_STAGE) {
    await refresh();
    epochs['train-classifier'] = await trainHead(run, host);
  }
  if (isTwofold) {
    const second = makeSecond();
    const ended = await trainStage({ ...host, resumed: at(checkpoint, second) }, second, carried);
    epochs[second.name] = ended.epoch;
  }
  if (hasClassifier || isTwofold) await refresh();
  network.classifier.makeLinear();
  if (settings.logitAdjustment > 0) {
    network.classifier.shiftBias(logitOffsets(dataset, settings.logitAdjustment));
  }
  // Batch norm's last statistics and a new classifier came after the last epoch.
  const [stage, epoch] = Object.entries(epochs).at(-1) as [string, number];
  assertFiniteWeights(tf, network.model, { stage, epoch });
  return { epochs };
}

/** `-strength * log(share of the class)`, less what all classes have in common. */
function logitOffsets({ labels, train }: Dataset, strength: number): number[] {
  const offsets = labels.map((_, index) => {
    const count = train.classes.filter((label) => label === index).length;
    return -strength * Math.log(count / train.classes.length);
  });
  const least = Math.min(...offsets);
  return offsets.map((offset) => offset - least);
}

/** A checkpoint is of one stage. */
function at(checkpoint: Checkpoint | undefined, stage: Stage): Checkpoint | undefined {
  return checkpoint?.progress.stage === stage.name ? checkpoint : undefined;
}

function stageHost(
  tf: Tfjs,
  { options, prepared, network, loader, folder, log }: RunStagesOptions,
  finished: Readonly<Record<string, number>>,
): StageHost {
  const { dataset, pixels, settings } = prepared;
  return {
    tf,
    model: network.model,
    loader,
    train: { ...dataset.train, labels: dataset.labels },
    inputSize: [pixels.height, pixels.width],
    log,
    folder: folder.path,
    checkpointPath: folder.checkpointPath,
    checkpointSeconds: options.checkpointSeconds ?? config.CHECKPOINT_SECONDS,
    seed: settings.seed,
    finished,
    signal: options.signal,
    onProgress: options.onProgress,
  };
}

/** Epochs of a stage that a run which goes on has not done, the running one in part. */
export function epochsLeft(
  { name, rate, planEpoch }: Pick<Stage, 'name' | 'rate' | 'planEpoch'>,
  progress: CheckpointProgress | undefined,
): number {
  if (progress === undefined) return rate.epochs;
  if (name in progress.finished) return 0;
  if (name !== progress.stage) return rate.epochs;
  const done = progress.epoch - 1;
  return (
    rate.epochs -
    done -
    (progress.step === 0 ? 0 : progress.step / planEpoch(progress.epoch).length)
  );
}

async function tellPlan(
  { options, prepared, network, weights }: RunStagesOptions,
  host: StageHost,
  stages: readonly Stage[],
): Promise<void> {
  if (options.onPlan === undefined) return;
  const { dataset, settings, resumed } = prepared;
  const classes = countClasses(dataset.labels, dataset);
  const planned = [];
  let atMostSeconds = 0;
  for (const stage of stages) {
    const steps = stage.planEpoch(1).length;
    planned.push({ name: stage.name, epochs: stage.rate.epochs, steps });
    const left = epochsLeft(stage, resumed?.checkpoint.progress);
    if (left > 0) atMostSeconds += (await measureStep(host, stage)) * steps * left;
  }
  options.onPlan({
    settings,
    classes,
    imbalance: imbalanceOf(classes),
    parameters: countParameters(network.model),
    weights: weights === null ? settings.weights : weights.source,
    stages: planned,
    atMostSeconds,
    resumed:
      resumed === undefined
        ? null
        : { stage: resumed.checkpoint.progress.stage, epoch: resumed.checkpoint.progress.epoch },
  });
}

/** A linear classifier on the embeddings as they are now, put into the network. @returns its best epoch */
async function trainHead(
  { options, prepared, network }: RunStagesOptions,
  host: StageHost,
): Promise<number> {
  const { settings, dataset } = prepared;
  const embed = async (part: typeof dataset.train) => ({
    classes: part.classes,
    embeddings: (await forwardImages(host.tf, network.model, part.images, host)).embeddings,
  });
  const classes = dataset.labels.length;
  const { head, bestEpoch, history } = await trainClassifierHead(
    await embed(dataset.train),
    await embed(dataset.validation),
    {
      classes,
      learningRate: config.HEAD_LEARNING_RATE,
      batchSize: settings.batchSize,
      epochs: config.HEAD_EPOCHS,
      patience: settings.headPatience,
      monitor: settings.monitor,
      classWeights: settings.classWeights,
      seed: settings.seed,
      signal: options.signal,
      onProgress: options.onProgress,
    },
  );
  for (const { stage, epoch, steps, ...values } of history) {
    host.log.write({ event: 'epoch', stage, epoch, step: steps, values });
  }
  network.classifier.makeLinear({
    kernel: Float32Array.from(head.kernel),
    bias: Float32Array.from(head.bias),
  });
  return bestEpoch;
}
