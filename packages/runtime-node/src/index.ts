/**
 * Classifies images in Node with a model that `isometry export` wrote. In a browser use
 * `@isometry/runtime-web`, in a Worker `@isometry/edge/workerd`; all give the same answers.
 *
 * @example
 * import { loadClassifier } from '@isometry/runtime-node';
 * const classifier = await loadClassifier('model.onnx');
 * const { label, probability } = await classifier.classify('photo.jpg');
 *
 * @packageDocumentation
 */
export { createSession, DEFAULT_PROVIDERS, type CreateSessionOptions } from './create-session.ts';
export { loadClassifier, type LoadClassifierOptions } from './load-classifier.ts';
export type { ImageSource } from './image-source.ts';
export { readModel, type ModelSource } from './model-source.ts';
