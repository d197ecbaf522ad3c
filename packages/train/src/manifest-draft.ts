import type { ManifestDraft, PixelSpec, TrainingRecord } from '@isometry/core';
import type { SplitMetrics } from './accuracy.ts';
import * as config from './config.ts';
import { recordLoss, type LiftedStructuredConfig } from './losses/lifted-structured-loss.ts';
import type { SplitName } from './data/split.ts';
import type { TrainSettings } from './train-options.ts';

export interface DraftParts {
  readonly name: string;
  readonly labels: readonly string[];
  readonly pixels: PixelSpec;
  readonly settings: TrainSettings;
  readonly loss: LiftedStructuredConfig;
  readonly temperature: number;
  readonly test: SplitMetrics;
  readonly counts: Readonly<Record<SplitName, number>>;
  readonly group: string | undefined;
  /** Best epoch of each stage, from 1. */
  readonly bestEpochs: { readonly embedding: number; readonly classifier: number };
  readonly provenance: Pick<TrainingRecord, 'dataDigest' | 'splitDigest' | 'versions'>;
}

/** Writes down what a run knows of its model: enough to train it again. */
export function draftManifest(parts: DraftParts): ManifestDraft {
  const { settings, counts } = parts;
  return {
    version: 1,
    name: parts.name,
    labels: parts.labels,
    pixels: parts.pixels,
    embedding: {
      size: settings.embeddingSize,
      normalised: parts.loss.normalise,
      distance: parts.loss.distance,
    },
    calibration: {
      temperature: parts.temperature,
      method: 'negative log-likelihood on the validation split',
    },
    training: {
      backbone: 'mobilenet',
      widthMultiplier: settings.widthMultiplier,
      loss: recordLoss(parts.loss),
      hyperparameters: {
        optimizer: 'adam',
        batchSize: settings.batchSize,
        embeddingLearningRate: settings.learningRate,
        embeddingEpochs: settings.epochs,
        embeddingPatience: settings.patience,
        embeddingBestEpoch: parts.bestEpochs.embedding,
        supportImages: config.SUPPORT_IMAGES,
        classifierLearningRate: config.CLASSIFIER_LEARNING_RATE,
        classifierEpochs: config.CLASSIFIER_EPOCHS,
        classifierPatience: config.CLASSIFIER_PATIENCE,
        classifierBestEpoch: parts.bestEpochs.classifier,
        group: parts.group ?? null,
        trainImages: counts.train,
        validationImages: counts.validation,
        testImages: counts.test,
      },
      seed: settings.seed,
      ...parts.provenance,
    },
    metrics: { split: 'test', count: parts.test.count, accuracy: parts.test.accuracy },
    license: '',
    intendedUse: '',
  };
}
