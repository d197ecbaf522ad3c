import { createSerialQueue, throwIfAborted, type ModelSession } from '@isometry/core';
import { openOrtSession, type Engine } from './ort-session.ts';

/**
 * Opens a model on ONNX Runtime's WebAssembly: the exact reference, without a native library.
 * @throws `PROVIDER_UNAVAILABLE`, `INFERENCE_FAILED`, `MODEL_INVALID`, `ABORTED`
 */
export async function openWasmSession(
  model: Uint8Array,
  options: { readonly signal?: AbortSignal | undefined },
): Promise<ModelSession> {
  loading ??= startEngine();
  const engine = await loading;
  throwIfAborted(options.signal);
  return openOrtSession(engine, 'wasm', model, {
    hint: 'Install onnxruntime-web again (it lies beside @isometry/runtime-node), and start the process again.',
    signal: options.signal,
  });
}

let loading: Promise<Engine> | undefined;

async function startEngine(): Promise<Engine> {
  const ort = await import('onnxruntime-web/wasm');
  ort.env.logLevel = 'fatal';
  // onnxruntime-web has no threads in Node, and one thread is what the exact bits were measured on.
  ort.env.wasm.numThreads = 1;
  // Its initialisation is once-only and refuses to run twice at a time, so creation is queued too.
  return { ort, enqueue: createSerialQueue() };
}
