import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { throwIfAborted, type ManifestDraft, type PixelSpec } from '@isometry/core';
import { createImageDecoder } from '@isometry/pixels';
import { measureAccuracy, type SplitMetrics } from './accuracy.ts';
import * as config from './config.ts';
import { embedImages } from './embed-images.ts';
import { scanImageFolder } from './image-folder.ts';
import { readImages, type LoadedImage, type SkippedImage } from './image-set.ts';
import { libraryVersions } from './library-versions.ts';
import { PAPER_LOSS, recordLoss } from './lifted-structured-loss.ts';
import { classifyEmbeddings } from './linear-head.ts';
import { readGroups } from './metadata-groups.ts';
import { createNetwork } from './network.ts';
import { createRunFolder, type PendingRun } from './run-folder.ts';
import { splitImages, type SplitName } from './split.ts';
import { writeSplitCsv } from './split-csv.ts';
import { fitTemperature } from './temperature.ts';
import { loadTfjs } from './tfjs.ts';
import { trainClassifierHead } from './train-classifier-head.ts';
import { trainEmbedding } from './train-embedding.ts';
import { resolveSettings, type TrainOptions, type TrainSettings } from './train-options.ts';

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
  /** Seconds of wall-clock time. */
  readonly seconds: {
    readonly read: number;
    readonly embedding: number;
    readonly classifier: number;
    readonly total: number;
  };
}

/**
 * Trains an image classifier from a folder of images in two stages, as the paper does: an embedding by a
 * metric loss, then a classifier on the frozen embeddings. Writes a run folder that `@isometry/export`
 * turns into one `.onnx`.
 *
 * The same options, images, libraries and machine give the same split, batches and initial weights; the
 * trained weights may differ in their last bits, because libtensorflow's threads add in varying order.
 *
 * @throws `DATASET_*`, `OPTION_INVALID`, `FILE_*`, `TRAINER_UNAVAILABLE`, `TRAINING_DIVERGED`, `ABORTED`
 * @example
 * const result = await trainClassifier({ images: 'photos', out: 'run', group: 'patient' });
 * result.metrics.test.accuracy; // { value, low, high, ... }
 */
export async function trainClassifier(options: TrainOptions): Promise<TrainResult> {
  const settings = resolveSettings(options);
  throwIfAborted(options.signal);
  const run = await createRunFolder(options.out, options.overwrite ?? false);
  try {
    return await train(options, settings, run);
  } finally {
    await run.discard();
  }
}

async function train(
  options: TrainOptions,
  settings: TrainSettings,
  run: PendingRun,
): Promise<TrainResult> {
  const started = performance.now();
  const { signal, onProgress } = options;
  // First: when it is not installed, nobody should wait for their photos to be read.
  const tf = await loadTfjs();
  const pixels: PixelSpec = {
    ...config.PIXEL_DEFAULTS,
    width: settings.size,
    height: settings.size,
  };

  const folder = await scanImageFolder(options.images);
  const { labels } = folder;
  const groups =
    options.group === undefined
      ? undefined
      : await readGroups(
          folder.root,
          options.group,
          folder.files.map(({ file }) => file),
        );
  const splitOptions = { labels, groups, seed: settings.seed, shares: config.SPLIT_SHARES };
  // Before decoding as well as after it: a class that is too small is known from the file names.
  splitImages(folder.files, splitOptions);
  const { images, skipped, digest } = await readImages(folder, {
    decode: options.decode ?? createImageDecoder(),
    pixels,
    maxUnreadableShare: settings.maxUnreadableShare,
    signal,
    onProgress,
  });
  const split = splitImages(images, splitOptions);
  const splitCsv = writeSplitCsv(images, split, groups);
  const examples = (name: SplitName) => {
    const own = images.filter(({ file }) => split.get(file) === name);
    return {
      images: own.map((image) => image.pixels),
      classes: own.map(({ label }) => labels.indexOf(label)),
      files: own.map(({ file }: LoadedImage) => file),
    };
  };
  const [training, validation, test] = [
    examples('train'),
    examples('validation'),
    examples('test'),
  ];
  const readAt = performance.now();

  const loss = { ...PAPER_LOSS, normalise: settings.normalise, margin: settings.margin };
  const network = createNetwork(tf, {
    ...settings,
    width: pixels.width,
    height: pixels.height,
    classes: labels.length,
  });
  try {
    const embedding = await trainEmbedding(tf, network.embedder, training, validation, {
      ...settings,
      pixels,
      loss,
      supportImages: config.SUPPORT_IMAGES,
      signal,
      onProgress,
    });
    const embeddedAt = performance.now();

    const embed = async (part: ReturnType<typeof examples>) => ({
      classes: part.classes,
      embeddings: await embedImages(tf, network.embedder, part.images, { pixels, signal }),
    });
    const embeddedValidation = await embed(validation);
    const classifier = await trainClassifierHead(await embed(training), embeddedValidation, {
      classes: labels.length,
      learningRate: config.CLASSIFIER_LEARNING_RATE,
      batchSize: settings.batchSize,
      epochs: config.CLASSIFIER_EPOCHS,
      patience: config.CLASSIFIER_PATIENCE,
      seed: settings.seed,
      signal,
      onProgress,
    });
    const { head } = classifier;
    tf.tidy(() => {
      const shape: [number, number] = [settings.embeddingSize, labels.length];
      const weights = [
        tf.tensor2d(Float32Array.from(head.kernel), shape),
        tf.tensor1d(Float32Array.from(head.bias)),
      ];
      network.model.getLayer('logits').setWeights(weights);
    });
    const embeddedTest = await embed(test);
    const validationLogits = classifyEmbeddings(embeddedValidation.embeddings, head);
    const testLogits = classifyEmbeddings(embeddedTest.embeddings, head);
    const metrics = {
      validation: measureAccuracy(validationLogits, validation.classes, labels),
      test: measureAccuracy(testLogits, test.classes, labels),
    };
    const classifiedAt = performance.now();

    const manifest: ManifestDraft = {
      version: 1,
      name: options.name ?? basename(resolve(options.out)),
      labels,
      pixels,
      embedding: {
        size: settings.embeddingSize,
        normalised: settings.normalise,
        distance: 'euclidean',
      },
      calibration: {
        temperature: fitTemperature(validationLogits, validation.classes),
        method: 'negative log-likelihood on the validation split',
      },
      training: {
        backbone: 'mobilenet',
        widthMultiplier: settings.widthMultiplier,
        loss: recordLoss(loss),
        hyperparameters: {
          optimizer: 'adam',
          batchSize: settings.batchSize,
          embeddingLearningRate: settings.learningRate,
          embeddingEpochs: settings.epochs,
          embeddingPatience: settings.patience,
          embeddingBestEpoch: embedding.bestEpoch,
          supportImages: config.SUPPORT_IMAGES,
          classifierLearningRate: config.CLASSIFIER_LEARNING_RATE,
          classifierEpochs: config.CLASSIFIER_EPOCHS,
          classifierPatience: config.CLASSIFIER_PATIENCE,
          classifierBestEpoch: classifier.bestEpoch,
          group: options.group ?? null,
          trainImages: training.images.length,
          validationImages: validation.images.length,
          testImages: test.images.length,
        },
        seed: settings.seed,
        dataDigest: digest,
        splitDigest: createHash('sha256').update(splitCsv).digest('hex'),
        versions: libraryVersions(tf),
      },
      metrics: { split: 'test', count: metrics.test.count, accuracy: metrics.test.accuracy },
      license: '',
      intendedUse: '',
    };
    throwIfAborted(signal);
    await run.commit(tf, {
      model: network.model,
      manifest,
      splitCsv,
      history: [...embedding.history, ...classifier.history],
    });
    const seconds = (from: number, to: number): number => (to - from) / 1000;
    return {
      out: resolve(options.out),
      manifest,
      metrics,
      counts: {
        train: training.images.length,
        validation: validation.images.length,
        test: test.images.length,
      },
      testFiles: test.files,
      skipped,
      ignored: folder.ignored,
      seconds: {
        read: seconds(started, readAt),
        embedding: seconds(readAt, embeddedAt),
        classifier: seconds(embeddedAt, classifiedAt),
        total: seconds(started, performance.now()),
      },
    };
  } finally {
    network.dispose();
  }
}
