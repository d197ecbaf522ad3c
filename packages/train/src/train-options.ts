import { IsometryError, type DecodeImage, type Progress } from '@isometry/core';
import * as config from './config.ts';
import { PAPER_LOSS } from './losses/lifted-structured-loss.ts';
import { MIN_INPUT_SIZE, WIDTH_MULTIPLIERS } from './backbones/mobilenet.ts';

export interface TrainOptions {
  /** Folder with one folder of images per class, and metadata.csv when `group` is given. */
  readonly images: string;
  /** The run folder to make. */
  readonly out: string;
  /** Replaces a run that is already at `out`. @defaultValue false */
  readonly overwrite?: boolean | undefined;
  /** Column of metadata.csv: images that share its value stay on one side of the split. */
  readonly group?: string | undefined;
  /** The model's name. @defaultValue the last part of `out` */
  readonly name?: string | undefined;
  /** Width and height of the model's input in pixels, 32 to 512. @defaultValue 64 */
  readonly size?: number | undefined;
  /** MobileNet's alpha: 0.25, 0.5, 0.75 or 1. @defaultValue 0.25 */
  readonly widthMultiplier?: number | undefined;
  /** Values of an embedding, 2 to 4096. @defaultValue 64 */
  readonly embeddingSize?: number | undefined;
  /** Divides embeddings by their L2 norm. @defaultValue false, as in the paper */
  readonly normalise?: boolean | undefined;
  /** Margin of the loss, above 0. @defaultValue 1 */
  readonly margin?: number | undefined;
  /** Images per training step, 4 to 1024. @defaultValue 32 */
  readonly batchSize?: number | undefined;
  /** Most epochs of the embedding stage, 1 or more. @defaultValue 30 */
  readonly epochs?: number | undefined;
  /** Epochs without improvement after which the embedding stage stops. @defaultValue 5 */
  readonly patience?: number | undefined;
  /** Adam's step for the embedding stage, above 0. @defaultValue 5e-4 */
  readonly learningRate?: number | undefined;
  /** Share of the images that may be unreadable, 0 to 1. @defaultValue 0.05 */
  readonly maxUnreadableShare?: number | undefined;
  /** An integer. @defaultValue 1 */
  readonly seed?: number | undefined;
  /** The image decoder. @defaultValue that of `@isometry/pixels`, with its limits */
  readonly decode?: DecodeImage | undefined;
  /** Aborts with code `ABORTED`; nothing is left at `out`. */
  readonly signal?: AbortSignal | undefined;
  /** Told after every step. */
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** The numbers of {@link TrainOptions}, checked, with defaults filled in. */
export interface TrainSettings {
  readonly size: number;
  readonly widthMultiplier: number;
  readonly embeddingSize: number;
  readonly normalise: boolean;
  readonly margin: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly patience: number;
  readonly learningRate: number;
  readonly maxUnreadableShare: number;
  readonly seed: number;
}

/** @throws `OPTION_INVALID` naming the first option that is out of range */
export function resolveSettings(options: TrainOptions): TrainSettings {
  const settings = {
    size: options.size ?? config.INPUT_SIZE,
    widthMultiplier: options.widthMultiplier ?? config.WIDTH_MULTIPLIER,
    embeddingSize: options.embeddingSize ?? config.EMBEDDING_SIZE,
    normalise: options.normalise ?? PAPER_LOSS.normalise,
    margin: options.margin ?? PAPER_LOSS.margin,
    batchSize: options.batchSize ?? config.BATCH_SIZE,
    epochs: options.epochs ?? config.EMBEDDING_EPOCHS,
    patience: options.patience ?? config.EMBEDDING_PATIENCE,
    learningRate: options.learningRate ?? config.EMBEDDING_LEARNING_RATE,
    maxUnreadableShare: options.maxUnreadableShare ?? config.MAX_UNREADABLE_SHARE,
    seed: options.seed ?? config.SEED,
  };
  // At 512 px and width 1 every image of a batch already has 0.3 GB of activations to keep.
  assertInteger('size', settings.size, MIN_INPUT_SIZE, 512);
  assertOneOf('widthMultiplier', settings.widthMultiplier, WIDTH_MULTIPLIERS);
  assertInteger('embeddingSize', settings.embeddingSize, 2, 4096);
  assertAbove0('margin', settings.margin);
  // Two classes with two images each is the smallest batch that has both kinds of pairs; the loss
  // holds batchSize^2 * embeddingSize floats, 268 MB at 1024 and 64.
  assertInteger('batchSize', settings.batchSize, 4, 1024);
  assertInteger('epochs', settings.epochs, 1, 100_000);
  assertInteger('patience', settings.patience, 1, 100_000);
  assertAbove0('learningRate', settings.learningRate);
  assertShare('maxUnreadableShare', settings.maxUnreadableShare);
  assertInteger('seed', settings.seed, Number.MIN_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  return settings;
}

function assertInteger(name: string, value: number, low: number, high: number): void {
  if (!Number.isInteger(value) || value < low || value > high) {
    throw invalid(name, value, `an integer from ${low} to ${high}`);
  }
}

function assertAbove0(name: string, value: number): void {
  if (!(Number.isFinite(value) && value > 0)) throw invalid(name, value, 'a number above 0');
}

function assertShare(name: string, value: number): void {
  if (!(value >= 0 && value <= 1)) throw invalid(name, value, 'a number from 0 to 1');
}

function assertOneOf(name: string, value: number, allowed: readonly number[]): void {
  if (!allowed.includes(value)) throw invalid(name, value, `one of ${allowed.join(', ')}`);
}

function invalid(name: string, value: unknown, expected: string): IsometryError {
  return new IsometryError('OPTION_INVALID', `${name} is ${String(value)}.`, {
    hint: `Give ${expected}.`,
    details: { option: name },
  });
}
