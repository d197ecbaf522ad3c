import { INPUT_NAME } from './classifier.ts';
import { IsometryError, throwIfAborted } from './errors.ts';
import type { OrtEngine, OrtSession, OrtSessionOptions, OrtTensor } from './ort-engine.ts';
import type { Provider } from './provider.ts';
import type { ModelSession, Tensor } from './types.ts';

export interface OpenOrtSessionOptions {
  /** What to do when the provider cannot run the model. */
  readonly hint: string;
  /** Aborts the opening, not the session. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a model, its bytes or in Node its path, on one provider and on that only. No tensor class of ONNX Runtime leaves the session.
 * @throws `PROVIDER_UNAVAILABLE`, `INFERENCE_FAILED`, `MODEL_INVALID`, `ABORTED`
 */
export async function openOrtSession(
  engine: OrtEngine,
  provider: Provider,
  model: Uint8Array | string,
  options: OpenOrtSessionOptions,
): Promise<ModelSession> {
  const session = await engine.enqueue(async () => {
    try {
      return await engine.ort.InferenceSession.create(model, sessionOptions(provider));
    } catch (error) {
      throw creationError(error, provider, options.hint);
    }
  }, options);
  if (options.signal?.aborted === true || !session.inputNames.includes(INPUT_NAME)) {
    await engine.enqueue(() => session.release());
    throwIfAborted(options.signal);
    throw new IsometryError('MODEL_INVALID', `The model has no input "${INPUT_NAME}".`, {
      hint: 'The file was changed after export: export it again.',
      details: { inputs: session.inputNames },
    });
  }
  return {
    provider,
    outputNames: session.outputNames,
    run: (feeds, outputs, { signal } = {}) =>
      engine.enqueue(
        async () => {
          const results = await runSession(engine, session, provider, feeds, outputs);
          throwIfAborted(signal);
          return results;
        },
        { signal },
      ),
    close: () => engine.enqueue(() => session.release()),
  };
}

function sessionOptions(provider: Provider): OrtSessionOptions {
  return {
    executionProviders: [provider],
    // Fixed, because the level changes the low bits of the answer (up to 1e-7).
    graphOptimizationLevel: 'all',
    // Fatal only: what goes wrong is thrown, and a library prints nothing.
    logSeverityLevel: 4,
    // ONNX Runtime would give nodes that the provider lacks to the CPU and say nothing.
    ...(provider === 'cpu' || provider === 'wasm'
      ? {}
      : { extra: { session: { disable_cpu_ep_fallback: '1' } } }),
  };
}

async function runSession(
  engine: OrtEngine,
  session: OrtSession,
  provider: Provider,
  feeds: Readonly<Record<string, Tensor>>,
  outputs: readonly string[],
): Promise<Record<string, Tensor>> {
  try {
    const inputs = Object.entries(feeds).map(
      ([name, { data, dims }]) => [name, new engine.ort.Tensor('float32', data, dims)] as const,
    );
    const results = await session.run(Object.fromEntries(inputs), [...outputs]);
    return Object.fromEntries(outputs.map((name) => [name, toTensor(name, results[name])]));
  } catch (error) {
    throw new IsometryError(
      'INFERENCE_FAILED',
      `ONNX Runtime failed to run the model on ${provider}: ${reasonOf(error)}`,
      { hint: 'Try another provider.', cause: error, details: { provider } },
    );
  }
}

function toTensor(name: string, output: OrtTensor | undefined): Tensor {
  if (output?.data instanceof Float32Array) return { data: output.data, dims: output.dims };
  throw new TypeError(`output "${name}" is ${output?.type ?? 'missing'}, not float32`);
}

function creationError(error: unknown, provider: Provider, hint: string): IsometryError {
  const reason = reasonOf(error);
  const details = { provider };
  // ONNX Runtime's words for a provider that does not start. The GPU providers start inside the
  // session and have no words of their own; a model that they cannot run whole is not run by them.
  const startFailed = reason.startsWith('no available backend found');
  if (startFailed || (provider !== 'cpu' && provider !== 'wasm')) {
    return new IsometryError(
      'PROVIDER_UNAVAILABLE',
      `The ${provider} provider cannot run this model here: ${reason}`,
      { hint, cause: error, details },
    );
  }
  return new IsometryError(
    'INFERENCE_FAILED',
    `ONNX Runtime refused the model on ${provider}: ${reason}`,
    { hint: 'Export the model again with `isometry export`.', cause: error, details },
  );
}

/** The first line without the place in ONNX Runtime's source; advice and stacks follow in the others. */
function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const [line = ''] = message.trim().split('\n', 1);
  return line.replace(/^\/\S+\.cc:\d+ .* was false\. /u, '');
}
