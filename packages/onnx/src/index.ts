/**
 * The ONNX file itself: a bounded reader and a writer, and the metadata inside. No platform, no
 * runtime: to run a model, use `@isometry/runtime-node` or `@isometry/runtime-web`.
 *
 * @example
 * import { readFile } from 'node:fs/promises';
 * import { readManifest } from '@isometry/onnx';
 * const manifest = readManifest(await readFile('model.onnx'));
 *
 * @packageDocumentation
 */
export { DATA_TYPES, type DataType } from './data-type.ts';
export { decodeModel } from './decode-model.ts';
export { encodeModel } from './encode-model.ts';
export { MAX_ITEMS, MAX_MODEL_BYTES, type OnnxLimits } from './limits.ts';
export type {
  OnnxAttribute,
  OnnxDimension,
  OnnxGraph,
  OnnxModel,
  OnnxNode,
  OnnxOpset,
  OnnxTensor,
  OnnxValue,
} from './model.ts';
export { readManifest } from './read-manifest.ts';
export { readMetadata } from './read-metadata.ts';
export { floatTensor, int64Tensor } from './tensor.ts';
export { withMetadata } from './with-metadata.ts';
