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
export type { ClassCount, SplitMetrics } from './accuracy.ts';
export type { SkippedImage } from './data/image-set.ts';
export type { SplitName } from './data/split.ts';
export { trainClassifier, type TrainResult } from './train-classifier.ts';
export type { TrainOptions } from './train-options.ts';
export { loadTfjs, type Tfjs } from './tfjs.ts';
