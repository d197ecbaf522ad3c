/**
 * The contract of Isometry: types, errors, manifest, the classifier pipeline and the comparison of
 * results. It knows no platform. To classify images install `@isometry/runtime-node` or
 * `@isometry/runtime-web` instead; use this package to write a runtime or a tool.
 *
 * @example
 * import { createClassifier } from '@isometry/core';
 * const classifier = createClassifier({ manifest, modelDigest, session, decode });
 *
 * @packageDocumentation
 */
export { ERROR_CODES, type ErrorCode } from './error-codes.ts';
export {
  IsometryError,
  isIsometryError,
  throwIfAborted,
  type IsometryErrorOptions,
  type SerializedError,
} from './errors.ts';
export type {
  ExportRecord,
  Interval,
  LossRecord,
  Manifest,
  ManifestDraft,
  OutputDifference,
  PixelSpec,
  Precision,
  TrainingRecord,
  VariantRecord,
} from './manifest.ts';
export {
  MANIFEST_KEY,
  MANIFEST_VERSION,
  manifestJsonSchema,
  MAX_MANIFEST_BYTES,
  parseManifest,
  parseManifestDraft,
  serializeManifest,
} from './manifest-schema.ts';
export type {
  Answer,
  CallOptions,
  Classifier,
  ClassifyOptions,
  DecodedImage,
  DecodeImage,
  EmbeddingAnswer,
  Health,
  ModelSession,
  PixelImage,
  Prediction,
  Progress,
  Provenance,
  RunOptions,
  StageTrace,
  Tensor,
  Timings,
  Trace,
  Warning,
} from './types.ts';
export {
  BATCH_SIZE,
  createClassifier,
  INPUT_NAME,
  type CreateClassifierOptions,
} from './classifier.ts';
export { CANARY_TOLERANCE } from './canary.ts';
export { compareArrays, worstDifference, type Difference } from './difference.ts';
export { floatDigest, pixelDigest, sha256Hex } from './digest.ts';
export { wilsonInterval } from './interval.ts';
export { bootstrapInterval } from './metrics/bootstrap.ts';
export { bootstrapScores, type ScoreIntervals } from './metrics/bootstrap-scores.ts';
export {
  adaptiveCalibrationError,
  calibrationBins,
  expectedCalibrationError,
  type CalibrationBin,
  type CalibrationOptions,
} from './metrics/calibration.ts';
export {
  scoreConfusion,
  type ClassificationScores,
  type ClassScores,
  type PrecisionRecall,
} from './metrics/classification-scores.ts';
export {
  mcnemar,
  pairedBootstrap,
  type McNemarResult,
  type PairedDifference,
} from './metrics/compare-paired.ts';
export { confusionMatrix, normaliseRows } from './metrics/confusion-matrix.ts';
export {
  distanceHistogram,
  type DistanceHistogram,
  type DistanceHistogramOptions,
} from './metrics/distance-histogram.ts';
export type { EmbeddingDistance, EmbeddingSet } from './metrics/embedding-set.ts';
export {
  measureNearest,
  type MeasureNearestOptions,
  type NearestScores,
} from './metrics/measure-nearest.ts';
export {
  nearestNeighbourAccuracy,
  type NearestNeighbourOptions,
} from './metrics/nearest-neighbours.ts';
export {
  nearestPrototypeAccuracy,
  type NearestPrototypeOptions,
} from './metrics/nearest-prototype.ts';
export { numberClusters } from './metrics/number-clusters.ts';
export { brierScore, negativeLogLikelihood } from './metrics/probability-scores.ts';
export type { BootstrapOptions, Statistic } from './metrics/resample.ts';
export {
  measureRetrieval,
  type MeasureRetrievalOptions,
  type RetrievalMeans,
  type RetrievalScores,
} from './metrics/retrieval.ts';
export { runSteps, type Steps } from './metrics/steps.ts';
export {
  rocAuc,
  rocAucOneVsRest,
  rocCurve,
  type OneVsRestAuc,
  type RocCurve,
} from './metrics/roc.ts';
export { decodeNpy, encodeNpy } from './npy.ts';
export { openProvider } from './open-provider.ts';
export {
  createOrtEngineLoader,
  type CreateOrtEngineLoaderOptions,
  type OrtEngine,
  type OrtEngineLoader,
  type OrtModule,
  type OrtSession,
  type OrtSessionOptions,
  type OrtTensor,
} from './ort-engine.ts';
export { openOrtSession, type OpenOrtSessionOptions } from './ort-session.ts';
export { isProvider, PROVIDERS, type Provider } from './provider.ts';
export { createRandom, deriveSeed, type Random } from './random.ts';
export { sampleRows } from './sample-rows.ts';
export { createSerialQueue, type SerialQueue } from './serial-queue.ts';
export { topK } from './top-k.ts';
