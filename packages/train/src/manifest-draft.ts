import type { LossRecord, ManifestDraft, PixelSpec, TrainingRecord } from '@isometry/core';
import type { SplitName } from '@isometry/dataset';
import type { SplitMetrics } from './classification-metrics.ts';
import { recordLoss, recordLossParameters } from './losses/loss-record.ts';
import type { TrainSettings } from './train-options.ts';

export interface DraftParts {
  readonly name: string;
  readonly labels: readonly string[];
  readonly pixels: PixelSpec;
  readonly settings: TrainSettings;
  readonly temperature: number;
  readonly test: SplitMetrics;
  readonly counts: Readonly<Record<SplitName, number>>;
  /** The epoch that each stage ended with, from 1, by stage. */
  readonly epochs: Readonly<Record<string, number>>;
  /** Where the first weights came from. */
  readonly weights: string;
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
      normalised: settings.normalise,
      distance: settings.metricLoss?.distance ?? 'euclidean',
    },
    calibration: {
      temperature: parts.temperature,
      method: 'negative log-likelihood on the validation split',
    },
    training: {
      backbone: settings.backbone,
      widthMultiplier: settings.widthMultiplier,
      loss: settings.metricLoss === null ? crossEntropy(settings) : recordLoss(settings.metricLoss),
      hyperparameters: {
        ...hyperparameters(settings),
        ...(settings.metricLoss === null ? {} : recordLossParameters(settings.metricLoss)),
        ...Object.fromEntries(
          Object.entries(parts.epochs).map(([stage, epoch]) => [`epochOf ${stage}`, epoch]),
        ),
        weights: parts.weights,
        trainImages: counts.train,
        validationImages: counts.validation,
        testImages: counts.test,
      },
      seed: settings.seed,
      ...parts.provenance,
    },
    metrics: {
      split: 'test',
      count: parts.test.count,
      accuracy: parts.test.accuracy,
      balancedAccuracy: parts.test.balancedAccuracy,
      macroF1: parts.test.macroF1,
    },
    license: '',
    intendedUse: '',
  };
}

function crossEntropy({ normalise }: TrainSettings): LossRecord {
  return {
    name: 'cross-entropy',
    preset: 'paper',
    normalise,
    distance: 'none',
    squared: false,
    margin: 0,
    reduction: 'mean',
  };
}

/** Everything that is not said elsewhere in the manifest, flat. */
function hyperparameters(
  settings: TrainSettings,
): Record<string, number | string | boolean | null> {
  const {
    backbone: _backbone,
    widthMultiplier: _widthMultiplier,
    size: _size,
    weights: _weights,
    metricLoss: _metricLoss,
    normalise: _normalise,
    embeddingSize: _embeddingSize,
    seed: _seed,
    loss: _loss,
    augmentation,
    ...flat
  } = settings;
  return {
    optimizer: 'adam',
    ...flat,
    augmentation: augmentation === null ? null : JSON.stringify(augmentation),
  };
}
