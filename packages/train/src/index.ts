/**
 * Trains an image classifier by deep metric learning: a folder of photos becomes a run folder, which
 * `@isometry/export` turns into one `.onnx`. Needs TensorFlow for Node (`npx isometry setup train`),
 * which is loaded when training starts and not before. To run a trained model install
 * `@isometry/runtime-node` or `@isometry/runtime-web` instead.
 *
 * @example
 * import { trainClassifier } from '@isometry/train';
 * const result = await trainClassifier({ images: 'photos', out: 'run' });
 * console.log(result.metrics.test.accuracy);
 *
 * @packageDocumentation
 */
export type { SplitName } from '@isometry/dataset';
export type { AugmentationConfig, ColourConfig } from './augment/augmentation-config.ts';
export type { Backbone, BuildBackboneOptions } from './backbones/backbone.ts';
export { BACKBONES, type BackboneName } from './backbones/backbones.ts';
export type { ClassCount, SplitMetrics } from './classification-metrics.ts';
export type { SkippedImage } from './data/image-set.ts';
export { createAdam, type Adam, type AdamOptions, type AdamState } from './kernels/adam.ts';
export type { Schedule } from './learning-rate.ts';
export {
  LOSS_NAMES,
  LOSS_PRESETS,
  presetsOf,
  resolveLoss,
  type LossName,
  type LossOverrides,
  type LossPreset,
  type MetricLossName,
} from './losses/loss-presets.ts';
export type {
  ContrastiveConfig,
  GeneralizedLiftedConfig,
  LiftedStructuredConfig,
  LossChoices,
  MetricLossConfig,
  MultiSimilarityConfig,
  SupervisedContrastiveConfig,
  TripletConfig,
  TripletMining,
} from './losses/metric-loss-config.ts';
export {
  createMetricLoss,
  type BatchStatistics,
  type LossResult,
  type MetricLoss,
} from './losses/metric-loss.ts';
export { PROTOCOLS, type ClassifierMode, type Protocol, type ProtocolName } from './protocols.ts';
export { loadTfjs, type Tfjs } from './tfjs.ts';
export { trainClassifier, type TrainResult } from './train-classifier.ts';
export {
  resolveSettings,
  type ImagesOptions,
  type RecipeOptions,
  type TrainOptions,
  type TrainSettings,
} from './train-options.ts';
export type { PlannedStage, TrainingPlan } from './training-plan.ts';
export type { TrainWarning } from './train-warning.ts';
export {
  loadWeights,
  type LoadWeightsOptions,
  type WeightsReport,
} from './weights/load-weights.ts';
export type { WeightsFormat } from './weights/weight-file.ts';
