/**
 * Turns any trained tfjs image classifier into one self-describing ONNX file, without Python, and compares the two
 * before anything is written; makes float16 and int8 files of it. To read or edit such a file, use `@isometry/onnx`; to run it, `@isometry/runtime-node` or `@isometry/runtime-web`.
 *
 * @example
 * import { exportRun } from '@isometry/export';
 * import { createImageDecoder } from '@isometry/pixels';
 * import { createSession } from '@isometry/runtime-node';
 * const { modelPath } = await exportRun('runs/toes', {
 *   out: 'models/toes',
 *   decode: createImageDecoder(),
 *   createSession: (model) => createSession(model, { providers: ['cpu'] }),
 * });
 *
 * @packageDocumentation
 */
export type { CanaryPorts } from './canary.ts';
export { buildClassifier, type ClassifierGraph, type ClassifierRoles } from './classifier-graph.ts';
export { convertLayersModel, type ConvertLayersModelOptions } from './convert-layers-model.ts';
export type { ConvertedGraph, ConvertedLayer, NamedValue } from './converted-graph.ts';
export type { ExportImage, ExportImages } from './export-image.ts';
export { exportModel, type ExportModelOptions } from './export-model.ts';
export type { ExportedModel, ExportOptions, ExportResult } from './export-options.ts';
export { exportRun } from './export-run.ts';
export { openExternalData, type ExternalDataFolder } from './external-data-folder.ts';
export {
  convertGraphModel,
  type ConvertGraphModelOptions,
} from './graph-model/convert-graph-model.ts';
export { SUPPORTED_OPERATIONS } from './graph-model/operation-table.ts';
export { SUPPORTED_LAYERS, type SupportedLayer } from './layer-table.ts';
export { OUTPUT_NAMES } from './output-names.ts';
export type { PixelChoice } from './pixel-choice.ts';
export { readRunManifest } from './run-folder.ts';
export type { CalibrationMethod } from './precision/activation-range.ts';
export type { ImageBatch } from './precision/image-batch.ts';
export type { VariantError } from './precision/compare-answers.ts';
export {
  MAX_DIVERGENCE,
  MAX_DROP,
  MAX_SIZE_SHARE,
  METHODS,
  quantizeInt8,
  type QuantizationReport,
  type QuantizeInt8Options,
} from './precision/quantize-int8.ts';
export { findBeyondHalf } from './precision/find-beyond-half.ts';
export { toFloat16, type ToFloat16Options } from './precision/to-float16.ts';
export {
  convertByTf2onnx,
  CONVERSION_TIMEOUT_MS,
  type ConvertByTf2onnxOptions,
  type Tf2onnxModel,
  type Tf2onnxOutput,
} from './tf2onnx/convert-by-tf2onnx.ts';
export type { Tf2onnxFailure } from './tf2onnx/failure-kinds.ts';
export { findTf2onnx, type FindTf2onnxOptions } from './tf2onnx/find-tf2onnx.ts';
export { formatVersions, type Tf2onnxVersions } from './tf2onnx/tf2onnx-versions.ts';
export { readTfjsModel, type ModelWeight, type TfjsModelFile } from './tfjs-model-file.ts';
export { VERSION } from './version.ts';
export { wrapConverted } from './wrap-converted.ts';
