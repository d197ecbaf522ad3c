import {
  createClassifier,
  createSerialQueue,
  throwIfAborted,
  type Classifier,
} from '@isometry/core';
import { readManifest, type OnnxLimits } from '@isometry/onnx';
import { createImageDecoder, type ImageLimits } from '@isometry/pixels';
import { openWasmSession } from '@isometry/runtime-web';
import compiled from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { modelDigest } from './model-digest.ts';
import { readModel, type ModelSource } from './model-source.ts';
import { PLACEHOLDER, withCompiledModule } from './with-compiled-module.ts';
import { resolveWorkerdImageLimits } from './workerd-image-limits.ts';

export interface LoadClassifierOptions {
  /** What a model file and an image may cost. @defaultValue those of `@isometry/onnx`, {@link WORKERD_IMAGE_LIMITS} */
  readonly limits?:
    | {
        readonly model?: OnnxLimits | undefined;
        readonly images?: Partial<ImageLimits> | undefined;
      }
    | undefined;
  /** Aborts the loading, not the classifier. */
  readonly signal?: AbortSignal | undefined;
}

/** One session at a time: two replacements of `WebAssembly.instantiate` must not overlap. */
const takeTurns = createSerialQueue();

/**
 * Loads a model file that `isometry export` wrote, on the one provider that workerd has: `wasm`. Call
 * it inside a request, as `createEdgeApp` does with a function: a Worker may do little before it.
 * @throws `MODEL_*`, `MANIFEST_*`, `FILE_READ_FAILED`, `PROVIDER_UNAVAILABLE`, `INFERENCE_FAILED`,
 * `OPTION_INVALID`, `ABORTED`
 *
 * @example
 * import model from './model.onnx';
 * export default createEdgeApp({ classifier: () => loadClassifier(model) });
 */
export async function loadClassifier(
  model: ModelSource,
  options: LoadClassifierOptions = {},
): Promise<Classifier> {
  const { limits = {}, signal } = options;
  const decode = createImageDecoder({ limits: resolveWorkerdImageLimits(limits.images) });
  throwIfAborted(signal);
  const bytes = await readModel(model);
  throwIfAborted(signal);
  const manifest = readManifest(bytes, limits.model);
  const digest = await modelDigest(bytes);
  const session = await takeTurns(
    () =>
      withCompiledModule(compiled, () =>
        openWasmSession(bytes, { wasmBinary: PLACEHOLDER, signal }),
      ),
    { signal },
  );
  return createClassifier({ manifest, modelDigest: digest, session, decode });
}
