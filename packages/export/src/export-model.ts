import { dirname } from 'node:path';
import {
  IsometryError,
  isIsometryError,
  parseManifestDraft,
  throwIfAborted,
  type ManifestDraft,
} from '@isometry/core';
import { spatialShape } from './value.ts';
import { checkOptions } from './check-options.ts';
import { convert } from './convert.ts';
import type { ConvertedClassifier } from './convert-classifier.ts';
import { exportClassifier } from './export-classifier.ts';
import type { ExportOptions, ExportResult } from './export-options.ts';
import type { InputSize } from './image-input.ts';
import type { PixelChoice } from './pixel-choice.ts';
import { swapInputChannels } from './swap-channels.ts';
import { readTfjsModel } from './tfjs-model-file.ts';

/** Options of {@link exportModel}: what a tfjs model does not say of itself. */
export interface ExportModelOptions extends ExportOptions {
  readonly name: string;
  /** Class names in the order of the logits: two or more, unique. */
  readonly labels: readonly string[];
  readonly pixels: PixelChoice;
  /** The size of the image, for a model that leaves it open. @defaultValue what the model says */
  readonly inputSize?: InputSize | undefined;
  /**
   * The layer or operation whose value is the embedding.
   * @defaultValue an output `embedding`, else what the last Dense layer or 1x1 convolution gets
   */
  readonly embedding?: string | undefined;
  /** The layer or operation whose value is the logits. @defaultValue the output that is the classes */
  readonly logits?: string | undefined;
  /** An SPDX expression, or a sentence. @defaultValue unknown */
  readonly license?: string | undefined;
  readonly intendedUse?: string | undefined;
}

/**
 * Exports any tfjs image classifier, layers model or graph model, to one self-describing `.onnx`, having compared it
 * with the model in TensorFlow.js.
 * @param modelJson path of its model.json
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `RUN_INVALID`, `LAYER_UNSUPPORTED`, `MANIFEST_INVALID`, `EXPORT_MISMATCH`,
 * `OPTION_INVALID`, `PACKAGE_MISSING`, `INFERENCE_FAILED`, `FILE_WRITE_FAILED`, `ABORTED`
 */
export async function exportModel(
  modelJson: string,
  options: ExportModelOptions,
): Promise<ExportResult> {
  const chosen = await checkOptions(options, dirname(modelJson));
  options.onProgress?.({ stage: 'read', done: 0, total: 1 });
  const file = await readTfjsModel(modelJson);
  throwIfAborted(options.signal);
  options.onProgress?.({ stage: 'convert', done: 0, total: 1 });
  const { embedding, logits, inputSize, labels } = options;
  const roles = { embedding, logits, inputSize, labelCount: labels.length };
  const { converted, converter, unfolded } = await convert(modelJson, file, options, roles);
  const { channelOrder } = options.pixels;
  const ordered = ({ model, layers }: ConvertedClassifier) => ({
    model: channelOrder === 'bgr' ? swapInputChannels(model) : model,
    layers,
  });
  return exportClassifier(
    {
      source: { path: modelJson, format: file.format, channelOrder },
      ...converted,
      ...ordered(converted),
      unfolded: unfolded && (async () => ordered(await unfolded())),
      manifest: describe(converted, options),
      converter,
    },
    options,
    chosen,
  );
}

/** The manifest of a model that Isometry did not train. @throws `MANIFEST_INVALID` */
function describe(
  { graph, embeddingSize, isNormalised }: ConvertedClassifier,
  { name, labels, pixels, license = '', intendedUse = '' }: ExportModelOptions,
): ManifestDraft {
  const [input] = graph.inputs;
  const { height = 0, width = 0 } = (input && spatialShape(input.value)) ?? {};
  const { channelOrder: _, ...choice } = pixels;
  const draft = {
    version: 1,
    name,
    labels,
    pixels: { version: 'pixels/1', width, height, ...choice, jpegOversampling: 2 },
    embedding: {
      size: embeddingSize,
      normalised: isNormalised,
      // Nothing says how its distances were meant; on normalised vectors the two order alike.
      distance: isNormalised ? 'cosine' : 'euclidean',
    },
    calibration: null,
    training: null,
    metrics: null,
    license,
    intendedUse,
  };
  try {
    return parseManifestDraft(draft);
  } catch (error) {
    if (!isIsometryError(error)) throw error;
    // Its own hint is for readers of a file.
    const { code, message, cause, details } = error;
    const hint = 'Change what describes the model: its name, labels, pixels, licence or use.';
    throw new IsometryError(code, message, { hint, cause, details });
  }
}
