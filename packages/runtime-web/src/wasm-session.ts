import {
  createOrtEngineLoader,
  createSerialQueue,
  openOrtSession,
  throwIfAborted,
  type ModelSession,
  type OrtEngine,
} from '@isometry/core';
import { IMPORT_HINT, locateAsset } from './assets.ts';

export interface OpenWasmSessionOptions {
  /**
   * The folder from which the page serves onnxruntime-web's `ort-wasm-simd-threaded.wasm`, relative
   * to the page or absolute. The first session of a page decides for all.
   * @defaultValue what the bundler makes of onnxruntime-web's own `new URL(…, import.meta.url)`
   */
  readonly wasmPaths?: string | undefined;
  /** That file's content, where it cannot be fetched. */
  readonly wasmBinary?: Uint8Array | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a model on ONNX Runtime's WebAssembly, without a classifier around it: for hosts that bring
 * their own image decoder, such as `@isometry/edge/workerd`.
 * @throws `PROVIDER_UNAVAILABLE`, `INFERENCE_FAILED`, `MODEL_INVALID`, `ABORTED`
 */
export async function openWasmSession(
  model: Uint8Array,
  options: OpenWasmSessionOptions = {},
): Promise<ModelSession> {
  const engine = await loadEngine('wasm', IMPORT_HINT, options);
  throwIfAborted(options.signal);
  return openOrtSession(engine, 'wasm', model, {
    hint: 'Serve ort-wasm-simd-threaded.wasm of onnxruntime-web, say where by `wasmPaths`, allow it by CSP ("wasm-unsafe-eval"), and load the page again.',
    signal: options.signal,
  });
}

const loadEngine = createOrtEngineLoader({ library: 'onnxruntime-web', start: startEngine });

async function startEngine({ wasmPaths, wasmBinary }: OpenWasmSessionOptions): Promise<OrtEngine> {
  const wasm = await locateAsset('wasm', wasmPaths);
  const ort = await import('onnxruntime-web/wasm');
  ort.env.logLevel = 'fatal';
  // One thread is what the exact bits were measured on; more need a cross-origin isolated page.
  ort.env.wasm.numThreads = 1;
  if (wasm !== undefined) ort.env.wasm.wasmPaths = { wasm };
  if (wasmBinary !== undefined) ort.env.wasm.wasmBinary = wasmBinary;
  // Its initialisation is once-only and refuses to run twice at a time, so creation is queued too.
  return { ort, enqueue: createSerialQueue() };
}
