import {
  createOrtEngineLoader,
  createSerialQueue,
  openOrtSession,
  throwIfAborted,
  type ModelSession,
  type OrtEngine,
} from '@isometry/core';

const HINT =
  'Run `npm install --ignore-scripts onnxruntime-web` (it lies beside @isometry/runtime-node), and start the process again.';

/**
 * Opens a model on ONNX Runtime's WebAssembly: the exact reference, without a native library.
 * @throws `PROVIDER_UNAVAILABLE`, `INFERENCE_FAILED`, `MODEL_INVALID`, `ABORTED`
 */
export async function openWasmSession(
  model: Uint8Array,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<ModelSession> {
  const engine = await loadEngine('wasm', HINT, undefined);
  throwIfAborted(options.signal);
  return openOrtSession(engine, 'wasm', model, { hint: HINT, signal: options.signal });
}

const loadEngine = createOrtEngineLoader({ library: 'onnxruntime-web', start: startEngine });

async function startEngine(): Promise<OrtEngine> {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.logLevel = 'fatal';
  // onnxruntime-web has no threads in Node, and one thread is what the exact bits were measured on.
  ort.env.wasm.numThreads = 1;
  // Its initialisation is once-only and refuses to run twice at a time, so creation is queued too.
  return { ort, enqueue: createSerialQueue() };
}
