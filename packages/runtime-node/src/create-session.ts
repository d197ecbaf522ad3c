import { openProvider, type ModelSession, type Provider } from '@isometry/core';
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
 * @throws `PROVIDER_UNAVAILABLE`, `INFERENCE_FAILED`, `OPTION_INVALID`, `ABORTED`
 */
export function createSession(
  model: Uint8Array,
  { providers = DEFAULT_PROVIDERS, signal }: CreateSessionOptions = {},
): Promise<ModelSession> {
  return openProvider(providers, (provider) =>
    provider === 'wasm'
      ? openWasmSession(model, { signal })
      : openNativeSession(provider, model, { signal }),
  );
}
