import {
  createClassifier,
  openProvider,
  throwIfAborted,
  type Classifier,
  type ModelSession,
  type Provider,
} from '@isometry/core';
import { MAX_MODEL_BYTES, readManifest, type OnnxLimits } from '@isometry/onnx';
import type { ImageLimits } from '@isometry/pixels';
import { createSourceDecoder, type ImageSource } from './image-source.ts';
import { modelDigest } from './model-digest.ts';
import { readModel, type ModelSource } from './model-source.ts';
import { openNativeSession } from './native-session.ts';
import { openWasmSession } from './wasm-session.ts';

/** CPU through onnxruntime-node. */
export const DEFAULT_PROVIDERS: readonly Provider[] = ['cpu'];

export interface LoadClassifierOptions {
  /**
   * Which providers may run the model, best first: `cpu`, `cuda` and `webgpu` through
   * onnxruntime-node, `wasm` through onnxruntime-web. Nothing outside this list ever runs it.
   * @defaultValue {@link DEFAULT_PROVIDERS}
   */
  readonly providers?: readonly Provider[] | undefined;
  /** What a model file and an image may cost. @defaultValue those of `@isometry/onnx` and `@isometry/pixels` */
  readonly limits?:
    | {
        readonly model?: OnnxLimits | undefined;
        readonly images?: Partial<ImageLimits> | undefined;
      }
    | undefined;
  /** Aborts the loading, not the classifier. */
  readonly signal?: AbortSignal | undefined;
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
  const { providers = DEFAULT_PROVIDERS, limits = {}, signal } = options;
  const decode = createSourceDecoder(limits.images ?? {});
  const maxBytes = limits.model?.maxBytes ?? MAX_MODEL_BYTES;
  const bytes = await readModel(model, { maxBytes, signal });
  throwIfAborted(signal);
  const manifest = readManifest(bytes, limits.model);
  const digest = await modelDigest(bytes);
  const session = await openProvider(providers, (provider) => open(provider, bytes, options));
  return createClassifier({ manifest, modelDigest: digest, session, decode });
}

function open(
  provider: Provider,
  model: Uint8Array,
  { signal }: LoadClassifierOptions,
): Promise<ModelSession> {
  if (provider === 'wasm') return openWasmSession(model, { signal });
  return openNativeSession(provider, model, { signal });
}
