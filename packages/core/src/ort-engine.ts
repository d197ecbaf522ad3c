import { IsometryError, isIsometryError } from './errors.ts';
import type { Provider } from './provider.ts';
import type { SerialQueue } from './serial-queue.ts';

/** What Isometry uses of an ONNX Runtime package; onnxruntime-node and onnxruntime-web both have it. */
export interface OrtModule {
  readonly InferenceSession: {
    /** A path in Node, where weights beyond 2 GiB are found beside the file. */
    create(model: Uint8Array | string, options: OrtSessionOptions): Promise<OrtSession>;
  };
  readonly Tensor: new (type: 'float32', data: Float32Array, dims: readonly number[]) => OrtTensor;
}

/** The session options that Isometry sets, as ONNX Runtime names them. */
export interface OrtSessionOptions {
  readonly executionProviders: readonly Provider[];
  readonly graphOptimizationLevel: 'all';
  readonly logSeverityLevel: 4;
  readonly extra?: { readonly session: Readonly<Record<string, string>> };
}

/** What Isometry uses of an ONNX Runtime session. */
export interface OrtSession {
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  run(
    feeds: Readonly<Record<string, OrtTensor>>,
    outputs: readonly string[],
  ): Promise<Readonly<Record<string, OrtTensor>>>;
  release(): Promise<void>;
}

/** What Isometry uses of an ONNX Runtime tensor. */
export interface OrtTensor {
  readonly type: string;
  /** A `Float32Array` when `type` is `float32`. */
  readonly data: unknown;
  readonly dims: readonly number[];
}

/** One copy of ONNX Runtime, started. */
export interface OrtEngine {
  readonly ort: OrtModule;
  /** What creates, runs and frees sessions goes through here. */
  readonly enqueue: SerialQueue;
}

export interface CreateOrtEngineLoaderOptions<Options> {
  /** The package that `start` imports, for the message. */
  readonly library: string;
  /** Imports the package and sets it up. */
  readonly start: (options: Options) => Promise<OrtEngine>;
}

/** Returns the engine, started by the first call. */
export type OrtEngineLoader<Options> = (
  provider: Provider,
  /** What to do when the package does not load. */
  hint: string,
  options: Options,
) => Promise<OrtEngine>;

/**
 * Makes a function that starts one copy of ONNX Runtime and keeps it. A start that failed is not
 * kept: the next call tries again. It throws `PROVIDER_UNAVAILABLE` with the caller's hint when the
 * package does not load, and the `IsometryError` of `start` as it is.
 */
export function createOrtEngineLoader<Options>({
  library,
  start,
}: CreateOrtEngineLoaderOptions<Options>): OrtEngineLoader<Options> {
  let kept: Promise<OrtEngine> | undefined;
  return async (provider, hint, options) => {
    const starting = (kept ??= start(options));
    try {
      return await starting;
    } catch (error) {
      // Unless a later call has begun a new start already.
      if (kept === starting) kept = undefined;
      if (isIsometryError(error)) throw error;
      throw new IsometryError(
        'PROVIDER_UNAVAILABLE',
        `The ${provider} provider needs ${library}, which ${isMissing(error) ? 'is not installed' : 'does not load'}.`,
        { hint, cause: error, details: { provider } },
      );
    }
  };
}

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
}
