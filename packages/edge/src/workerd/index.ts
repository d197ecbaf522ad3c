/**
 * Loads Isometry models in workerd, the runtime of Cloudflare Workers, with onnxruntime-web as it is
 * published. In Node use `@isometry/runtime-node`, in browsers `@isometry/runtime-web`.
 *
 * @example
 * import { createEdgeApp } from '@isometry/edge';
 * import { loadClassifier } from '@isometry/edge/workerd';
 * import model from './model.onnx';
 *
 * export default createEdgeApp({ classifier: () => loadClassifier(model) });
 *
 * @packageDocumentation
 */
export { loadClassifier, type LoadClassifierOptions } from './load-classifier.ts';
export type { ModelSource } from './model-source.ts';
export { WORKERD_IMAGE_LIMITS } from './workerd-image-limits.ts';
