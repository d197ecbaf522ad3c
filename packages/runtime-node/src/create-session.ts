import { openProvider, type ModelSession, type Provider } from '@isometry/core';
import { MAX_MODEL_BYTES } from '@isometry/onnx';
import { readModel } from './model-source.ts';
import { openNativeSession } from './native-session.ts';
import { openWasmSession } from './wasm-session.ts';

/** CPU through onnxruntime-node. */
export const DEFAULT_PROVIDERS: readonly Provider[] = ['cpu'];

export interface CreateSessionOptions {
  /**
   * Which providers may run the model, best first: `cpu`, `cuda` and `webgpu` through
   * onnxruntime-node, `wasm` through onnxruntime-web. Nothing outside this list ever runs it.
   * @defaultValue {@link DEFAULT_PROVIDERS}
   */
  readonly providers?: readonly Provider[] | undefined;
  /** Aborts the loading, not the session. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens any ONNX model as a bare session: tensors in, tensors out, no manifest needed. What
 * `@isometry/export` proves a new file with; to classify images use `loadClassifier`.
 * @param model its bytes; or its path, by which ONNX Runtime also finds weights that lie in a file beside it
 * (`wasm` does not take those)
 * @throws `PROVIDER_UNAVAILABLE`, `INFERENCE_FAILED`, `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `OPTION_INVALID`, `ABORTED`
 */
export function createSession(
  model: Uint8Array | string,
  { providers = DEFAULT_PROVIDERS, signal }: CreateSessionOptions = {},
): Promise<ModelSession> {
  return openProvider(providers, async (provider) => {
    if (provider !== 'wasm') return openNativeSession(provider, model, { signal });
    const bytes = await readModel(model, { maxBytes: MAX_MODEL_BYTES, signal });
    return openWasmSession(bytes, { signal });
  });
}
