import { IsometryError, type DecodeImage, type Progress } from '@isometry/core';
import type { AugmentationConfig } from './augment/augmentation-config.ts';
import { BACKBONES, type BackboneName } from './backbones/backbones.ts';
import * as config from './config.ts';
import { SCHEDULES, type Schedule } from './learning-rate.ts';
import { LOSS_NAMES, resolveLoss, type LossName, type LossPreset } from './losses/loss-presets.ts';
import type { MetricLossConfig } from './losses/metric-loss.ts';
import {
  CLASSIFIER_MODES,
  PROTOCOL_NAMES,
  PROTOCOLS,
  SAMPLER_NAMES,
  type ClassifierMode,
  type Protocol,
  type ProtocolName,
  type SamplerName,
} from './protocols.ts';
import type { TrainingPlan } from './training-plan.ts';
import type { TrainWarning } from './train-warning.ts';

/** Where the images and their labels are. */
export interface ImagesOptions {
  /**
   * A folder with a folder of images per class, a Hugging Face ImageFolder, or any folder of images with
   * `metadata.csv`, `metadata.jsonl` or `list`.
   */
  readonly images: string;
  /** A CSV of `file,label`, and as you like `group` and `split`; paths inside `images`. */
  readonly list?: string | undefined;
  /** Column of the metadata that gives the label. @defaultValue the class folder */
  readonly label?: string | undefined;
  /** Column of the metadata: images that share its value stay on one side of the split. */
  readonly group?: string | undefined;
  /** Splits into so many folds instead of 70/10/20 %: `fold` is tested, the next one validates. */
  readonly folds?: number | undefined;
  /** Which fold is tested, from 0. @defaultValue 0 */
  readonly fold?: number | undefined;
  /** Share of the images that may be unreadable, 0 to 1. @defaultValue 0.05 */
  readonly maxUnreadableShare?: number | undefined;
  /** Bytes of decoded images that stay in memory; what is more goes to a temporary file. @defaultValue 1 GiB */
  readonly maxCacheBytes?: number | undefined;
}

/** What is trained, and how. Defaults that a protocol sets are in {@link PROTOCOLS}. */
export interface RecipeOptions {
  /** Fixes everything but the loss: `best` is ours, `paper` the paper's. @defaultValue 'best' */
  readonly protocol?: ProtocolName | undefined;
  /** @defaultValue 'mobilenet' */
  readonly backbone?: BackboneName | undefined;
  /** MobileNet's alpha: 0.25, 0.5, 0.75 or 1. @defaultValue 1 */
  readonly widthMultiplier?: number | undefined;
  /** Width and height of the model's input in pixels, the backbone's least to 1024. @defaultValue 128 */
  readonly size?: number | undefined;
  /** `random`, or a file to start from: Keras' `.h5`, a TensorFlow.js model.json, or a run. @defaultValue 'random' */
  readonly weights?: string | undefined;
  /** Name of the last layer whose weights, and those of all layers before it, stay as they are. @defaultValue none */
  readonly freeze?: string | undefined;
  /** @defaultValue what the protocol says */
  readonly loss?: LossName | undefined;
  /** Where the loss' formula comes from. @defaultValue 'paper', or the loss' own where the paper has none */
  readonly lossPreset?: LossPreset | undefined;
  /** Divides embeddings by their L2 norm. @defaultValue what the preset says */
  readonly normalise?: boolean | undefined;
  /** Margin of the loss, above 0. @defaultValue what the preset says */
  readonly margin?: number | undefined;
  /** How negatives of the triplet loss are chosen. @defaultValue what the preset says */
  readonly mining?: 'all' | 'hard' | 'semi-hard' | undefined;
  /** Of the lifted structured loss: `smooth` is Song et al.'s eq. 4, `hard-max` their eq. 3. @defaultValue 'smooth' */
  readonly form?: 'smooth' | 'hard-max' | undefined;
  /** Values of an embedding, 2 to 4096. */
  readonly embeddingSize?: number | undefined;
  /** Images per training step, 4 to 1024. @defaultValue 32 */
  readonly batchSize?: number | undefined;
  /** Most epochs of the embedding stage, or of the network with cross-entropy. */
  readonly epochs?: number | undefined;
  /** Epochs without improvement after which a stage stops. */
  readonly patience?: number | undefined;
  /** Adam's highest step, above 0. */
  readonly learningRate?: number | undefined;
  readonly schedule?: Schedule | undefined;
  /** Epochs in which the learning rate rises from 0. */
  readonly warmupEpochs?: number | undefined;
  /** How the batches of the embedding stage are made. */
  readonly sampler?: SamplerName | undefined;
  /** What cross-entropy counts beside the metric loss in the embedding stage, 0 or more. */
  readonly crossEntropyWeight?: number | undefined;
  /** How far the answer leans to rare classes in the end, 0 to 2. */
  readonly logitAdjustment?: number | undefined;
  /** Whether the second stage trains a classifier on frozen embeddings, or the whole network on. */
  readonly classifier?: ClassifierMode | undefined;
  /** Most epochs of fine-tuning. */
  readonly classifierEpochs?: number | undefined;
  /** Adam's highest step in the second stage, above 0. */
  readonly classifierLearningRate?: number | undefined;
  /** Weighs classes by the inverse of their size in cross-entropy. */
  readonly classWeights?: boolean | undefined;
  /** Share of a label that goes to all classes alike in cross-entropy, 0 to 0.5. */
  readonly labelSmoothing?: number | undefined;
  /** Seeded changes of the training images; `null` for none. */
  readonly augmentation?: AugmentationConfig | null | undefined;
  /** In how many orientations the finished network looks at an image. @defaultValue the protocol's, 1 without flips and quarter turns in training */
  readonly orientations?: 1 | 8 | undefined;
  /** Decay a step of the average of the weights that is kept, 0 (none) to 0.9999. */
  readonly averageDecay?: number | undefined;
  /** Of the moving statistics, 0 to 0.9999. */
  readonly batchNormMomentum?: number | undefined;
  /** An integer; seeds split, batches, augmentation and weights. @defaultValue 1 */
  readonly seed?: number | undefined;
}

export interface TrainOptions extends ImagesOptions, RecipeOptions {
  /** The run folder to make. */
  readonly out: string;
  /** Replaces a run that is already at `out`. @defaultValue false */
  readonly overwrite?: boolean | undefined;
  /** Goes on with the unfinished run at `out`; options that are not given are that run's. @defaultValue false */
  readonly resume?: boolean | undefined;
  /** The model's name. @defaultValue the last part of `out` */
  readonly name?: string | undefined;
  /** Seconds between two checkpoints within an epoch; there is one after every epoch anyway. @defaultValue 60 */
  readonly checkpointSeconds?: number | undefined;
  /** The image decoder. @defaultValue that of `@isometry/pixels`, with its limits */
  readonly decode?: DecodeImage | undefined;
  /** Stops with code `ABORTED` after the running step and a checkpoint: go on with `resume`. */
  readonly signal?: AbortSignal | undefined;
  /** Told after every step. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
  /** Told what is going to be done, before the first step. */
  readonly onPlan?: ((plan: TrainingPlan) => void) | undefined;
  /** Told what looks wrong and is no error. */
  readonly onWarning?: ((warning: TrainWarning) => void) | undefined;
}

/** Everything that decides what comes out, checked and complete: the `settings` of a run's config.json. */
export interface TrainSettings extends Protocol {
  readonly protocol: ProtocolName;
  readonly backbone: BackboneName;
  readonly widthMultiplier: number;
  readonly size: number;
  readonly weights: string;
  readonly freeze: string | null;
  /** Null for cross-entropy. */
  readonly metricLoss: MetricLossConfig | null;
  readonly normalise: boolean;
  readonly batchSize: number;
  readonly seed: number;
  readonly group: string | null;
  readonly label: string | null;
  readonly list: string | null;
  readonly folds: number | null;
  readonly fold: number;
  readonly maxUnreadableShare: number;
}

/** @throws `OPTION_INVALID` naming the first option that is out of range */
export function resolveSettings(options: Omit<TrainOptions, 'out' | 'images'>): TrainSettings {
  const protocolName = options.protocol ?? 'best';
  assertOneOf('protocol', protocolName, PROTOCOL_NAMES);
  const protocol = PROTOCOLS[protocolName];
  const loss = options.loss ?? protocol.loss;
  assertOneOf('loss', loss, LOSS_NAMES);
  if (loss === 'cross-entropy') assertNoMetricOptions(options);
  const metricLoss =
    loss === 'cross-entropy'
      ? null
      : resolveLoss(loss, options.lossPreset, {
          ...(options.normalise === undefined ? {} : { normalise: options.normalise }),
          ...(options.margin === undefined ? {} : { margin: options.margin }),
          ...(options.mining === undefined ? {} : { mining: options.mining }),
          ...(options.form === undefined ? {} : { form: options.form }),
        });
  const augmentation =
    options.augmentation === undefined ? protocol.augmentation : options.augmentation;
  const isTurned = augmentation?.flip === true && augmentation.quarterTurns;
  // Cross-entropy alone has one stage, which gets the epochs of both.
  const secondEpochs = protocol.classifier === 'fine-tune' ? protocol.classifierEpochs : 0;
  const settings: TrainSettings = {
    ...protocol,
    protocol: protocolName,
    backbone: options.backbone ?? 'mobilenet',
    widthMultiplier: options.widthMultiplier ?? config.WIDTH_MULTIPLIER,
    size: options.size ?? config.INPUT_SIZE,
    weights: options.weights ?? 'random',
    freeze: options.freeze ?? null,
    loss,
    metricLoss,
    normalise: metricLoss?.normalise ?? options.normalise ?? false,
    embeddingSize: options.embeddingSize ?? protocol.embeddingSize,
    batchSize: options.batchSize ?? config.BATCH_SIZE,
    epochs: options.epochs ?? protocol.epochs + (metricLoss === null ? secondEpochs : 0),
    patience: options.patience ?? protocol.patience,
    learningRate: options.learningRate ?? protocol.learningRate,
    schedule: options.schedule ?? protocol.schedule,
    warmupEpochs:
      options.warmupEpochs ?? Math.min(protocol.warmupEpochs, options.epochs ?? Infinity),
    sampler: options.sampler ?? protocol.sampler,
    crossEntropyWeight: options.crossEntropyWeight ?? protocol.crossEntropyWeight,
    logitAdjustment: options.logitAdjustment ?? protocol.logitAdjustment,
    classifier: options.classifier ?? protocol.classifier,
    classifierEpochs: options.classifierEpochs ?? protocol.classifierEpochs,
    classifierLearningRate: options.classifierLearningRate ?? protocol.classifierLearningRate,
    classWeights: options.classWeights ?? protocol.classWeights,
    labelSmoothing: options.labelSmoothing ?? protocol.labelSmoothing,
    augmentation: options.augmentation === undefined ? protocol.augmentation : options.augmentation,
    orientations: options.orientations ?? (isTurned ? protocol.orientations : 1),
    averageDecay: options.averageDecay ?? protocol.averageDecay,
    batchNormMomentum: options.batchNormMomentum ?? protocol.batchNormMomentum,
    seed: options.seed ?? config.SEED,
    group: options.group ?? null,
    label: options.label ?? null,
    list: options.list ?? null,
    folds: options.folds ?? null,
    fold: options.fold ?? 0,
    maxUnreadableShare: options.maxUnreadableShare ?? config.MAX_UNREADABLE_SHARE,
  };
  assertSettings(settings);
  return settings;
}

/** What would be passed over in silence. */
function assertNoMetricOptions(options: RecipeOptions): void {
  for (const name of ['lossPreset', 'margin', 'mining', 'form'] as const) {
    const value = options[name];
    if (value === undefined) continue;
    throw invalid(name, value, 'it with a metric loss: cross-entropy has none');
  }
}

function assertSettings(settings: TrainSettings): void {
  assertOneOf('backbone', settings.backbone, Object.keys(BACKBONES));
  const backbone = BACKBONES[settings.backbone];
  assertInteger('size', settings.size, backbone.minInputSize, 1024);
  assertOneOf('widthMultiplier', settings.widthMultiplier, backbone.widthMultipliers);
  assertInteger('embeddingSize', settings.embeddingSize, 2, 4096);
  // Two classes with two images each is the smallest batch that has both kinds of pairs.
  assertInteger('batchSize', settings.batchSize, 4, 1024);
  assertInteger('epochs', settings.epochs, 1, 100_000);
  assertInteger('patience', settings.patience, 1, 100_000);
  assertAbove0('learningRate', settings.learningRate);
  assertOneOf('schedule', settings.schedule, SCHEDULES);
  assertNumber('warmupEpochs', settings.warmupEpochs, 0, settings.epochs);
  assertOneOf('classifier', settings.classifier, CLASSIFIER_MODES);
  assertInteger('classifierEpochs', settings.classifierEpochs, 1, 100_000);
  if (settings.classifierLearningRate !== null) {
    assertAbove0('classifierLearningRate', settings.classifierLearningRate);
  }
  assertOneOf('sampler', settings.sampler, SAMPLER_NAMES);
  assertNumber('crossEntropyWeight', settings.crossEntropyWeight, 0, 1e6);
  assertNumber('logitAdjustment', settings.logitAdjustment, 0, 2);
  assertNumber('labelSmoothing', settings.labelSmoothing, 0, 0.5);
  assertOneOf('orientations', settings.orientations, [1, 8]);
  assertNumber('averageDecay', settings.averageDecay, 0, 0.9999);
  assertNumber('batchNormMomentum', settings.batchNormMomentum, 0, 0.9999);
  assertNumber('maxUnreadableShare', settings.maxUnreadableShare, 0, 1);
  assertInteger('seed', settings.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  if (settings.folds !== null) {
    assertInteger('folds', settings.folds, 3, 100);
    assertInteger('fold', settings.fold, 0, settings.folds - 1);
  }
}

function assertInteger(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw invalid(name, value, `an integer from ${low} to ${high}`);
  }
}

function assertAbove0(name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) throw invalid(name, value, 'a number above 0');
}

function assertNumber(name: string, value: number, low: number, high: number): void {
  if (!(value >= low && value <= high))
    throw invalid(name, value, `a number from ${low} to ${high}`);
}

function assertOneOf<Value extends number | string>(
  name: string,
  value: Value,
  allowed: readonly Value[],
): void {
  if (!allowed.includes(value)) throw invalid(name, value, `one of ${allowed.join(', ')}`);
}

function invalid(name: string, value: unknown, expected: string): IsometryError {
  return new IsometryError('OPTION_INVALID', `${name} is ${String(value)}.`, {
    hint: `Give ${expected}.`,
    details: { option: name },
  });
}
