import {
  createOrtEngineLoader,
  openOrtSession,
  throwIfAborted,
  type ModelSession,
  type OrtEngine,
  type Provider,
} from '@isometry/core';

/** The providers that onnxruntime-node brings. */
export type NativeProvider = Exclude<Provider, 'wasm'>;

/** What to do about a native provider that is missing or does not start. */
const HINTS: Readonly<Record<NativeProvider, string>> = {
  cpu: "Run `npm install --ignore-scripts onnxruntime-node` (its script would download CUDA, which the CPU does not need), or use providers: ['wasm'].",
  cuda: 'Run `npm install onnxruntime-node` with its install script allowed (it downloads the CUDA provider), and have an NVIDIA driver, CUDA and cuDNN on the library path.',
  webgpu:
    'Run `npm install --ignore-scripts onnxruntime-node`, and have a GPU driver (on Linux: Vulkan and libvulkan1); a model with a layer that WebGPU lacks needs another provider.',
};

/**
 * Opens a model through onnxruntime-node, an optional peer that is imported when it is first needed.
 * @throws `PROVIDER_UNAVAILABLE`, `INFERENCE_FAILED`, `MODEL_INVALID`, `ABORTED`
 */
export async function openNativeSession(
  provider: NativeProvider,
  model: Uint8Array | string,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<ModelSession> {
  const engine = await loadEngine(provider, HINTS[provider], undefined);
  throwIfAborted(options.signal);
  return openOrtSession(engine, provider, model, { hint: HINTS[provider], signal: options.signal });
}

const loadEngine = createOrtEngineLoader({ library: 'onnxruntime-node', start: startEngine });

async function startEngine(): Promise<OrtEngine> {
  const ort = await import('onnxruntime-node');
  ort.env.logLevel = 'fatal';
  return {
    ort,
    // Native sessions overlap their runs: nothing waits.
    enqueue: async (task, options) => {
      throwIfAborted(options?.signal);
      return task();
    },
  };
}
