import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, isAbsolute, relative, resolve, sep } from 'node:path';
import { performance } from 'node:perf_hooks';
import { IsometryError, throwIfAborted, type ManifestDraft, type PixelSpec } from '@isometry/core';
import type { SplitName } from '@isometry/dataset';
import { createImageDecoder } from '@isometry/pixels';
import { BACKBONES } from './backbones/backbones.ts';
import { loadCheckpoint, type Checkpoint } from './checkpoint.ts';
import type { SplitMetrics } from './classification-metrics.ts';
import * as config from './config.ts';
import { openBatchLoader } from './data/batch-loader.ts';
import { loadDataset, type Dataset } from './data/dataset.ts';
import type { SkippedImage } from './data/image-set.ts';
import { deployNetwork } from './deploy-network.ts';
import { fitEpochs } from './fit-epochs.ts';
import { libraryVersions } from './library-versions.ts';
import { draftManifest } from './manifest-draft.ts';
import { measureRun } from './measure-run.ts';
import { createNetwork, type Network } from './network.ts';
import { keepOptions, resumeRunConfig, writeRunConfig, type RunConfig } from './run-config.ts';
import { createRunFolder, inspectOut, openRunFolder, type RunFolder } from './run-folder.ts';
import { openRunLog } from './run-log.ts';
import { runStages, type StagesResult } from './run-stages.ts';
import { loadTfjs, type Tfjs } from './tfjs.ts';
import { resolveSettings, type TrainOptions, type TrainSettings } from './train-options.ts';
import { warnAboutDataset } from './train-warning.ts';
import { loadWeights, type WeightsReport } from './weights/load-weights.ts';

export interface TrainResult {
  /** The run folder, absolute. */
  readonly out: string;
  readonly manifest: ManifestDraft;
  readonly metrics: { readonly validation: SplitMetrics; readonly test: SplitMetrics };
  /** Images per split. */
  readonly counts: Readonly<Record<SplitName, number>>;
  /** Files of the test split, paths inside the image folder. */
  readonly testFiles: readonly string[];
  /** Images that could not be read. */
  readonly skipped: readonly SkippedImage[];
  /** Files that were not looked at: no image, or outside a class folder. */
  readonly ignored: number;
  /** The epoch that each stage ended with, from 1, by stage. */
  readonly epochs: Readonly<Record<string, number>>;
  /** What the weights file had; null for random weights, and for a run that was resumed. */
  readonly weights: WeightsReport | null;
  /** Seconds of this process: of wall-clock time, and of processor time (`cpu`) in training, validation included. */
  readonly seconds: {
    readonly read: number;
    readonly train: number;
    readonly cpu: number;
    readonly total: number;
  };
}

/**
 * Trains an image classifier from a folder of images, as the paper does: an embedding by a metric loss, then
 * a classifier on it; or both at once with cross-entropy. Writes a run folder that `@isometry/export` turns
 * into one `.onnx`: config.json, split.csv, log.jsonl, tensorboard/, checkpoints/, the model, metrics.json and run.json.
 *
 * The same options, images, libraries and machine give the same split, batches and initial weights, and
 * gave the same trained weights to the bit whenever it was measured, however often the run was stopped.
 * Another number of threads or another processor may add in another order.
 *
 * @throws `DATASET_*`, `OPTION_INVALID`, `FILE_*`, `WEIGHTS_INVALID`, `RUN_INVALID`, `TRAINER_UNAVAILABLE`,
 *   `TRAINING_DIVERGED`, `ABORTED`
 * @example
 * const result = await trainClassifier({ images: 'photos', out: 'run', group: 'patient' });
 * result.metrics.test.balancedAccuracy; // { value, low, high, ... }
 */
export async function trainClassifier(options: TrainOptions): Promise<TrainResult> {
  const started = performance.now();
  const start = await planStart(options);
  throwIfAborted(options.signal);
  const { settings } = start;
  // First: for what is missing nobody should wait until their photos are read.
  await assertWeightsExist(settings.weights);
  const tf = await loadTfjs();
  const pixels = pixelSpec(settings);
  const dataset = await loadDataset(options.images, {
    ...start.options,
    pixels,
    shares: config.SPLIT_SHARES,
    seed: settings.seed,
    maxUnreadableShare: settings.maxUnreadableShare,
    maxCacheBytes: options.maxCacheBytes,
    // Beside the run, where there has to be room anyway.
    spillFolder: dirname(resolve(options.out)),
    decode: options.decode ?? createImageDecoder(),
    signal: options.signal,
    onProgress: options.onProgress,
  });
  try {
    const fitted = fitEpochs(settings, start.options, dataset.train.files.length);
    const prepared = { ...start, asked: settings, settings: fitted, pixels, dataset, started };
    return await train(tf, { ...options, ...start.options }, prepared);
  } finally {
    dataset.close();
  }
}

/** What is in the file is known later, that there is one is known now. */
async function assertWeightsExist(weights: string): Promise<void> {
  if (weights === 'random') return;
  const isThere = await stat(weights).then(
    () => true,
    () => false,
  );
  if (isThere) return;
  throw new IsometryError('FILE_NOT_FOUND', `There is no ${weights} to take weights from.`, {
    hint: 'Give `random`, a .h5 file, a model.json or the folder of one.',
    details: { file: weights },
  });
}

/** What is known before any image is read. */
interface Start {
  readonly options: ReturnType<typeof keepOptions>;
  readonly settings: TrainSettings;
  /** Where an earlier process stopped. */
  readonly resumed:
    (Pick<RunConfig, 'dataDigest' | 'weights'> & { readonly checkpoint: Checkpoint }) | undefined;
}

async function planStart(options: TrainOptions): Promise<Start> {
  const found = await inspectOut(options.out);
  const fresh = {
    options: keepOptions(options),
    settings: resolveSettings(options),
    resumed: undefined,
  };
  if (found === 'nothing') return fresh;
  if (options.resume === true && found === 'unfinished-run') {
    const {
      settings,
      dataDigest,
      weights,
      options: kept,
    } = await resumeRunConfig(options.out, options);
    const path = openRunFolder(options.out).checkpointPath;
    const checkpoint = await loadCheckpoint(path).catch((error: unknown) => {
      // Killed before the first one: from the beginning, then.
      if (error instanceof IsometryError && error.code === 'FILE_NOT_FOUND') return undefined;
      throw error;
    });
    const resumed = checkpoint === undefined ? undefined : { checkpoint, dataDigest, weights };
    return { options: kept, settings, resumed };
  }
  if (options.overwrite === true && options.resume !== true) {
    assertKeepsInputs(options);
    return fresh;
  }
  throw new IsometryError(
    'OPTION_INVALID',
    `${resolve(options.out)} already holds ${found === 'run' ? 'a run' : 'a run that is not finished'}.`,
    {
      hint:
        found === 'run'
          ? 'Name another folder, or allow it to be overwritten.'
          : 'Go on with it (--resume), replace it (--overwrite), or name another folder.',
      details: { out: resolve(options.out) },
    },
  );
}

/** A run that is replaced must not hold what the new one is made of. */
function assertKeepsInputs({ out, images, list, weights }: TrainOptions): void {
  for (const [option, input] of Object.entries({ images, list, weights })) {
    if (input === undefined || (option === 'weights' && input === 'random')) continue;
    const way = relative(resolve(out), resolve(input));
    if (way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way)) continue;
    throw new IsometryError(
      'OPTION_INVALID',
      `${option} is ${resolve(input)}, which would be removed with the run in ${resolve(out)}.`,
      { hint: 'Name another folder for the new run.', details: { option } },
    );
  }
}

function pixelSpec({ backbone, size }: TrainSettings): PixelSpec {
  return {
    ...config.PIXEL_DEFAULTS,
    ...BACKBONES[backbone].preprocessing,
    width: size,
    height: size,
  };
}

/** What is known when the images are there. */
export interface Prepared extends Start {
  /** The settings before they were fitted to the number of images. */
  readonly asked: TrainSettings;
  readonly pixels: PixelSpec;
  readonly dataset: Dataset;
  readonly started: number;
}

async function train(tf: Tfjs, options: TrainOptions, prepared: Prepared): Promise<TrainResult> {
  const { settings, pixels, dataset, resumed } = prepared;
  const readAt = performance.now();
  const cpuBefore = process.cpuUsage();
  warnAboutDataset(dataset, options.onWarning);
  const isCosine =
    settings.normalise && (settings.metricLoss === null || settings.crossEntropyWeight > 0);
  const networkOptions = {
    ...settings,
    ...pixels,
    classes: dataset.labels.length,
    cosineScale: isCosine ? config.COSINE_SCALE : 0,
    // Training sees one at a time.
    orientations: 1,
  };
  const network = createNetwork(tf, networkOptions);
  let deployed: Network | undefined;
  const loader = openBatchLoader(dataset.store, {
    pixels,
    ...(settings.augmentation === null ? {} : { augmentation: settings.augmentation }),
  });
  try {
    const weights = await startingWeights(tf, network, options, prepared);
    const digest =
      resumed?.weights ?? (weights === null ? settings.weights : `sha256:${weights.sha256}`);
    const folder = await openFolder(tf, network, options, { ...prepared, weights: digest });
    const log = await openRunLog(tf, folder.path, resumed?.checkpoint.progress.logBytes ?? 0);
    let stages: StagesResult;
    try {
      stages = await runStages(tf, { options, prepared, network, loader, folder, log, weights });
      await log.flush();
    } finally {
      await log.close();
    }
    const trainedAt = performance.now();
    const { user, system } = process.cpuUsage(cpuBefore);
    const { orientations } = settings;
    if (orientations > 1) deployed = deployNetwork(tf, network, networkOptions, orientations);
    const { model } = deployed ?? network;
    const measured = await measureRun(tf, model, dataset, {
      loader,
      inputSize: [pixels.height, pixels.width],
      orientations,
      signal: options.signal,
    });
    const counts = {
      train: dataset.train.files.length,
      validation: dataset.validation.files.length,
      test: dataset.test.files.length,
    };
    const manifest = draftManifest({
      name: options.name ?? basename(resolve(options.out)),
      labels: dataset.labels,
      pixels,
      settings,
      temperature: measured.temperature,
      test: measured.metrics.test,
      counts,
      epochs: stages.epochs,
      weights: digest,
      provenance: {
        dataDigest: dataset.digest,
        splitDigest: splitDigest(dataset),
        versions: libraryVersions(tf),
      },
    });
    throwIfAborted(options.signal);
    const seconds = {
      read: (readAt - prepared.started) / 1000,
      train: (trainedAt - readAt) / 1000,
      cpu: (user + system) / 1e6,
      total: (performance.now() - prepared.started) / 1000,
    };
    await folder.finish(tf, {
      model,
      manifest,
      metrics: { ...measured, epochs: stages.epochs, seconds },
    });
    return {
      out: folder.path,
      manifest,
      metrics: measured.metrics,
      counts,
      testFiles: dataset.test.files,
      skipped: dataset.skipped,
      ignored: dataset.ignored,
      epochs: stages.epochs,
      weights,
      seconds,
    };
  } finally {
    await loader.close();
    network.dispose();
    deployed?.dispose();
  }
}

/** Loads pretrained weights, unless a checkpoint is going to replace them. */
async function startingWeights(
  tf: Tfjs,
  network: Network,
  { signal, onWarning }: TrainOptions,
  { settings, resumed }: Prepared,
): Promise<WeightsReport | null> {
  if (settings.weights === 'random' || resumed !== undefined) return null;
  const report = await loadWeights(tf, network.backbone, settings.weights, {
    backbone: settings.backbone,
    signal,
  });
  if (report.missing.length > 0) {
    onWarning?.({
      kind: 'weights-missing',
      message: `${settings.weights} lacks ${report.missing.join(', ')}: random instead`,
    });
  }
  return report;
}

async function openFolder(
  tf: Tfjs,
  network: Network,
  options: TrainOptions,
  { asked, dataset, resumed, options: kept, weights }: Prepared & Pick<RunConfig, 'weights'>,
): Promise<RunFolder> {
  if (resumed !== undefined) {
    if (resumed.dataDigest !== dataset.digest) {
      throw new IsometryError(
        'RUN_INVALID',
        'The images are not those that the run was started with.',
        {
          hint: 'Put the images back, or train into another folder.',
          details: { before: resumed.dataDigest, now: dataset.digest },
        },
      );
    }
    return openRunFolder(options.out);
  }
  const weightBytes = 4 * network.model.countParams();
  return createRunFolder(
    options.out,
    {
      'config.json': writeRunConfig({
        options: kept,
        settings: asked,
        images: resolve(options.images),
        dataDigest: dataset.digest,
        splitDigest: splitDigest(dataset),
        weights,
        versions: libraryVersions(tf),
      }),
      'split.csv': dataset.splitCsv,
    },
    // Two checkpoints at a time of weights, best weights, average and two moments; and the model.
    (2 * 5 + 1) * weightBytes,
  );
}

function splitDigest({ splitCsv }: Dataset): string {
  return createHash('sha256').update(splitCsv).digest('hex');
}
