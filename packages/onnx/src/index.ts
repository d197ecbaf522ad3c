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
export {
  encodeExternal,
  type EncodedModel,
  type EncodeExternalOptions,
} from './encode-external.ts';
export { encodeModel, encodeModelPieces } from './encode-model.ts';
export type { DecodeModelOptions, ExternalReference, ReadExternal } from './external-tensors.ts';
export { MAX_EXTERNAL_BYTES, MAX_ITEMS, MAX_MODEL_BYTES, type OnnxLimits } from './limits.ts';
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
export { withMetadata, withMetadataPieces } from './with-metadata.ts';
