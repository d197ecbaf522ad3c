import { createClassifier, throwIfAborted, type Classifier } from '@isometry/core';
import { MAX_MODEL_BYTES, readManifest, type OnnxLimits } from '@isometry/onnx';
import type { ImageLimits } from '@isometry/pixels';
import { createSession, type CreateSessionOptions } from './create-session.ts';
import { createSourceDecoder, type ImageSource } from './image-source.ts';
import { modelDigest } from './model-digest.ts';
import { pathWithSideFile, readModel, type ModelSource } from './model-source.ts';

export interface LoadClassifierOptions extends CreateSessionOptions {
  /** What a model file and an image may cost. @defaultValue those of `@isometry/onnx` and `@isometry/pixels` */
  readonly limits?:
    | {
        readonly model?: OnnxLimits | undefined;
        readonly images?: Partial<ImageLimits> | undefined;
      }
    | undefined;
}

/**
 * Loads a model file that `isometry export` wrote.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `MODEL_INVALID`, `MODEL_TOO_LARGE`, `MANIFEST_*`,
 * `PROVIDER_UNAVAILABLE`, `INFERENCE_FAILED`, `OPTION_INVALID`, `ABORTED`
 *
 * @example
 * const classifier = await loadClassifier('model.onnx', { providers: ['cpu', 'wasm'] });
 * const { label, probability } = await classifier.classify('photo.jpg');
 * await classifier.close();
 */
export async function loadClassifier(
  model: ModelSource,
  options: LoadClassifierOptions = {},
): Promise<Classifier<ImageSource>> {
  const { limits = {}, signal } = options;
  const decode = createSourceDecoder(limits.images ?? {});
  const maxBytes = limits.model?.maxBytes ?? MAX_MODEL_BYTES;
  const bytes = await readModel(model, { maxBytes, signal });
  throwIfAborted(signal);
  const manifest = readManifest(bytes, limits.model);
  const digest = await modelDigest(bytes);
  const session = await createSession((await pathWithSideFile(model)) ?? bytes, options);
  return createClassifier({ manifest, modelDigest: digest, session, decode });
}
