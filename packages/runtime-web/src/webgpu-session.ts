import {
  createOrtEngineLoader,
  createSerialQueue,
  IsometryError,
  openOrtSession,
  throwIfAborted,
  type ModelSession,
  type OrtEngine,
} from '@isometry/core';
import { IMPORT_HINT, locateAsset } from './assets.ts';

export interface OpenWebgpuSessionOptions {
  /** As for WebAssembly; the file is `ort-wasm-simd-threaded.asyncify.wasm`. */
  readonly wasmPaths?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

const HINT =
  "Use a browser with WebGPU over https or localhost, or list another provider too: providers: ['webgpu', 'wasm'].";

/**
 * Opens a model on WebGPU. ONNX Runtime's WebGPU build is imported here and nowhere else.
 * @throws `PROVIDER_UNAVAILABLE`, `MODEL_INVALID`, `ABORTED`
 */
export async function openWebgpuSession(
  model: Uint8Array,
  options: OpenWebgpuSessionOptions,
): Promise<ModelSession> {
  await assertAdapter();
  const engine = await loadEngine('webgpu', IMPORT_HINT, options);
  throwIfAborted(options.signal);
  return openOrtSession(engine, 'webgpu', model, { hint: HINT, signal: options.signal });
}

async function assertAdapter(): Promise<void> {
  const { gpu } = navigator as { readonly gpu?: Navigator['gpu'] };
  const problem =
    gpu === undefined
      ? 'this browser, or this page without https, has no WebGPU'
      : (await gpu.requestAdapter()) === null
        ? 'WebGPU finds no adapter'
        : undefined;
  if (problem === undefined) return;
  throw new IsometryError('PROVIDER_UNAVAILABLE', `The webgpu provider cannot run: ${problem}.`, {
    hint: HINT,
    details: { provider: 'webgpu' },
  });
}

const loadEngine = createOrtEngineLoader({ library: 'onnxruntime-web', start: startEngine });

async function startEngine({ wasmPaths }: OpenWebgpuSessionOptions): Promise<OrtEngine> {
  const wasm = await locateAsset('webgpu', wasmPaths);
  const ort = await import('onnxruntime-web/webgpu');
  ort.env.logLevel = 'fatal';
  ort.env.wasm.numThreads = 1;
  if (wasm !== undefined) ort.env.wasm.wasmPaths = { wasm };
  // Its WebAssembly suspends while the GPU works and must not be entered a second time meanwhile.
  return { ort, enqueue: createSerialQueue() };
}
