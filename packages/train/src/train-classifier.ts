import { createHash } from 'node:crypto';
import { basename, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import { throwIfAborted, type ManifestDraft, type PixelSpec } from '@isometry/core';
import { createImageDecoder } from '@isometry/pixels';
import { measureAccuracy, type SplitMetrics } from './accuracy.ts';
import * as config from './config.ts';
import { loadDataset, type Dataset, type DatasetPart } from './data/dataset.ts';
import { embedImages } from './embed-images.ts';
import type { SkippedImage } from './data/image-set.ts';
import { libraryVersions } from './library-versions.ts';
import { PAPER_LOSS } from './losses/lifted-structured-loss.ts';
import { classifyEmbeddings } from './linear-head.ts';
import { draftManifest } from './manifest-draft.ts';
import { createNetwork, type Network } from './network.ts';
import { createRunFolder, type PendingRun } from './run-folder.ts';
import type { SplitName } from './data/split.ts';
import { fitTemperature } from './temperature.ts';
import { loadTfjs, type Tfjs } from './tfjs.ts';
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
 * The same options, images, libraries and machine give the same split, batches and initial weights, and
 * gave the same trained weights to the bit whenever it was measured. Another number of threads or another
 * processor may add in another order.
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

/** What both stages need to know. */
interface Plan {
  readonly tf: Tfjs;
  readonly options: TrainOptions;
  readonly settings: TrainSettings;
  readonly pixels: PixelSpec;
  readonly dataset: Dataset;
}

async function train(
  options: TrainOptions,
  settings: TrainSettings,
  run: PendingRun,
): Promise<TrainResult> {
  const started = performance.now();
  // First: when it is not installed, nobody should wait for their photos to be read.
  const tf = await loadTfjs();
  const pixels = { ...config.PIXEL_DEFAULTS, width: settings.size, height: settings.size };
  const dataset = await loadDataset(options.images, {
    group: options.group,
    pixels,
    shares: config.SPLIT_SHARES,
    seed: settings.seed,
    maxUnreadableShare: settings.maxUnreadableShare,
    decode: options.decode ?? createImageDecoder(),
    signal: options.signal,
    onProgress: options.onProgress,
  });
  const readAt = performance.now();

  const loss = { ...PAPER_LOSS, normalise: settings.normalise, margin: settings.margin };
  const network = createNetwork(tf, {
    ...settings,
    width: pixels.width,
    height: pixels.height,
    classes: dataset.labels.length,
  });
  try {
    const embedding = await trainEmbedding(
      tf,
      network.embedder,
      dataset.train,
      dataset.validation,
      {
        ...settings,
        pixels,
        loss,
        supportImages: config.SUPPORT_IMAGES,
        signal: options.signal,
        onProgress: options.onProgress,
      },
    );
    const embeddedAt = performance.now();
    const classifier = await trainHead({ tf, options, settings, pixels, dataset }, network);
    const classifiedAt = performance.now();

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
      loss,
      temperature: classifier.temperature,
      test: classifier.metrics.test,
      counts,
      group: options.group,
      bestEpochs: { embedding: embedding.bestEpoch, classifier: classifier.bestEpoch },
      provenance: {
        dataDigest: dataset.digest,
        splitDigest: createHash('sha256').update(dataset.splitCsv).digest('hex'),
        versions: libraryVersions(tf),
      },
    });
    throwIfAborted(options.signal);
    await run.commit(tf, {
      model: network.model,
      manifest,
      splitCsv: dataset.splitCsv,
      history: [...embedding.history, ...classifier.history],
    });
    return {
      out: resolve(options.out),
      manifest,
      metrics: classifier.metrics,
      counts,
      testFiles: dataset.test.files,
      skipped: dataset.skipped,
      ignored: dataset.ignored,
      seconds: {
        read: (readAt - started) / 1000,
        embedding: (embeddedAt - readAt) / 1000,
        classifier: (classifiedAt - embeddedAt) / 1000,
        total: (performance.now() - started) / 1000,
      },
    };
  } finally {
    network.dispose();
  }
}

/** The second stage: a classifier on the frozen embeddings, put into the network, and measured. */
async function trainHead(plan: Plan, network: Network) {
  const { tf, options, settings, pixels, dataset } = plan;
  const { labels } = dataset;
  const embed = async (part: DatasetPart) => ({
    classes: part.classes,
    embeddings: await embedImages(tf, network.embedder, part.images, {
      pixels,
      signal: options.signal,
    }),
  });
  const validation = await embed(dataset.validation);
  const { head, bestEpoch, history } = await trainClassifierHead(
    await embed(dataset.train),
    validation,
    {
      classes: labels.length,
      learningRate: config.CLASSIFIER_LEARNING_RATE,
      batchSize: settings.batchSize,
      epochs: config.CLASSIFIER_EPOCHS,
      patience: config.CLASSIFIER_PATIENCE,
      seed: settings.seed,
      signal: options.signal,
      onProgress: options.onProgress,
    },
  );
  tf.tidy(() => {
    const kernel = Float32Array.from(head.kernel);
    const weights = [
      tf.tensor2d(kernel, [settings.embeddingSize, labels.length]),
      tf.tensor1d(Float32Array.from(head.bias)),
    ];
    network.model.getLayer('logits').setWeights(weights);
  });
  const test = await embed(dataset.test);
  const validationLogits = classifyEmbeddings(validation.embeddings, head);
  const testLogits = classifyEmbeddings(test.embeddings, head);
  return {
    bestEpoch,
    history,
    temperature: fitTemperature(validationLogits, validation.classes),
    metrics: {
      validation: measureAccuracy(validationLogits, validation.classes, labels),
      test: measureAccuracy(testLogits, test.classes, labels),
    },
  };
}
