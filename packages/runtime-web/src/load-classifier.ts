import {
  createClassifier,
  IsometryError,
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
import { openWasmSession } from './wasm-session.ts';
import { openWebgpuSession } from './webgpu-session.ts';

/** WebAssembly: the exact reference, on every browser. */
export const DEFAULT_PROVIDERS: readonly Provider[] = ['wasm'];

export interface LoadClassifierOptions {
  /**
   * Which providers may run the model, best first: `wasm`, `webgpu`. Nothing outside this list ever
   * runs it.
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
  /**
   * The folder from which the page serves onnxruntime-web's .wasm files, relative to the page or
   * absolute: `ort-wasm-simd-threaded.wasm` for `wasm`, `ort-wasm-simd-threaded.asyncify.wasm` for
   * `webgpu`. The first classifier of a page decides for all.
   * @defaultValue what the bundler makes of onnxruntime-web's own `new URL(…, import.meta.url)`
   */
  readonly wasmPaths?: string | undefined;
  /** Aborts the loading, not the classifier. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Loads a model file that `isometry export` wrote.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `MODEL_INVALID`, `MODEL_TOO_LARGE`, `MANIFEST_*`,
 * `PROVIDER_UNAVAILABLE`, `INFERENCE_FAILED`, `OPTION_INVALID`, `ABORTED`
 *
 * @example
 * const classifier = await loadClassifier('model.onnx', { providers: ['webgpu', 'wasm'] });
 * const { label, probability } = await classifier.classify(fileInput.files[0]);
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

async function open(
  provider: Provider,
  model: Uint8Array,
  { wasmPaths, signal }: LoadClassifierOptions,
): Promise<ModelSession> {
  if (provider === 'wasm') return openWasmSession(model, { wasmPaths, signal });
  if (provider === 'webgpu') return openWebgpuSession(model, { wasmPaths, signal });
  throw new IsometryError('PROVIDER_UNAVAILABLE', `A browser has no ${provider} provider.`, {
    hint: 'Use wasm or webgpu, or `@isometry/runtime-node`.',
    details: { provider },
  });
}
