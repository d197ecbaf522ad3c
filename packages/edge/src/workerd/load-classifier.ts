import { createSerialQueue, IsometryError, type Classifier } from '@isometry/core';
import {
  loadClassifier as loadWebClassifier,
  type LoadClassifierOptions as WebOptions,
} from '@isometry/runtime-web';
import { env } from 'onnxruntime-web/wasm';
import compiled from 'onnxruntime-web/ort-wasm-simd-threaded.wasm';
import { withCompiledModule } from './with-compiled-module.ts';

/** A model file: a module of the bundle (a wrangler rule of type `Data`), or a stream, e.g. R2's. */
export type ModelSource = Uint8Array | ArrayBuffer | ReadableStream<Uint8Array>;

/** There is one provider in workerd, `wasm`, and its WebAssembly is part of the bundle. */
export type LoadClassifierOptions = Omit<WebOptions, 'providers' | 'wasmPaths'>;

/** Stands for ONNX Runtime's WebAssembly; see {@link withCompiledModule}. Any bytes will do. */
const PLACEHOLDER = new ArrayBuffer(8);

/** One load at a time, because ONNX Runtime cannot initialise twice at once. */
const takeTurns = createSerialQueue();

/**
 * Loads a model file that `isometry export` wrote, in workerd. Call it inside a request, as
 * `createEdgeApp` does with a function: a Worker may do little before its first one.
 * @throws `MODEL_*`, `MANIFEST_*`, `FILE_READ_FAILED`, `INFERENCE_FAILED`, `OPTION_INVALID`, `ABORTED`
 *
 * @example
 * import model from './model.onnx';
 * export default createEdgeApp({ classifier: () => loadClassifier(model) });
 */
export async function loadClassifier(
  model: ModelSource,
  options: LoadClassifierOptions = {},
): Promise<Classifier> {
  const bytes = await readModel(model);
  return takeTurns(
    () => {
      env.wasm.wasmBinary = PLACEHOLDER;
      return withCompiledModule(compiled, PLACEHOLDER, () =>
        loadWebClassifier(bytes, { ...options, providers: ['wasm'] }),
      );
    },
    { signal: options.signal },
  );
}

async function readModel(model: ModelSource): Promise<Uint8Array> {
  if (model instanceof Uint8Array) return model;
  if (model instanceof ArrayBuffer) return new Uint8Array(model);
  if (!(model instanceof ReadableStream)) {
    throw new IsometryError('OPTION_INVALID', 'The model is neither bytes nor a stream of bytes.', {
      hint: 'Import it as a module of type Data, or pass the body of an R2 object.',
      details: { option: 'model' },
    });
  }
  try {
    return new Uint8Array(await new Response(model).arrayBuffer());
  } catch (cause) {
    throw new IsometryError('FILE_READ_FAILED', 'The stream of the model broke off.', {
      hint: 'Pass a new stream: one can be read only once.',
      cause,
    });
  }
}
