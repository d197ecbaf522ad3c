/**
 * Classifies images in a browser with a model that `isometry export` wrote. In Node use
 * `@isometry/runtime-node`, in a Worker `@isometry/edge/workerd`; all give the same answers.
 *
 * @example
 * import { loadClassifier } from '@isometry/runtime-web';
 * const classifier = await loadClassifier('/model.onnx', { wasmPaths: '/onnxruntime/' });
 * const { label, probability } = await classifier.classify(fileInput.files[0]);
 *
 * @packageDocumentation
 */
export {
  DEFAULT_PROVIDERS,
  loadClassifier,
  type LoadClassifierOptions,
} from './load-classifier.ts';
export type { DrawableSource } from './draw-pixels.ts';
export type { EncodedSource, ImageSource } from './image-source.ts';
export type { ModelSource } from './model-source.ts';
export { openWasmSession, type OpenWasmSessionOptions } from './wasm-session.ts';
