import type { Manifest, PixelSpec } from './manifest.ts';
import type { Provider } from './provider.ts';

/** A dense float32 tensor, row-major. */
export interface Tensor {
  /** `dims` multiplied many values. */
  readonly data: Float32Array;
  /** The shape, outermost first, e.g. `[N, 3, H, W]`. */
  readonly dims: readonly number[];
}

/** Decoded pixels: 8-bit RGB, rows top to bottom, interleaved, no padding. */
export interface PixelImage {
  readonly width: number;
  readonly height: number;
  /** `width * height * 3` bytes. */
  readonly data: Uint8Array;
}

/** Something that was not an error and that the caller should know, e.g. an ignored ICC profile. */
export interface Warning {
  /** Stable and lower-case, e.g. `icc-ignored`. */
  readonly code: string;
  readonly message: string;
}

/** A port: one loaded model on one execution provider. A runtime implements this and {@link DecodeImage}. */
export interface ModelSession {
  /** The provider that really runs the graph, not the one that was asked for. */
  readonly provider: Provider;
  /** The output names that the model file declares. */
  readonly outputNames: readonly string[];
  /**
   * Runs the graph once. Concurrent calls are allowed: a session that cannot overlap runs queues them.
   * @throws `INFERENCE_FAILED`, `ABORTED`
   */
  run(
    feeds: Readonly<Record<string, Tensor>>,
    outputs: readonly string[],
    options?: { readonly signal?: AbortSignal | undefined },
  ): Promise<Record<string, Tensor>>;
  /** Frees the session. Called once, after the last run has settled. */
  close(): Promise<void>;
}

/** What {@link DecodeImage} makes of one image. */
export interface DecodedImage {
  /** The `decode` stage: pixels as the decoder gave them, in stored orientation, a JPEG at 1/1 to 1/8. */
  readonly raster: PixelImage;
  /** The `pixels` stage: fitted to the spec's width and height, EXIF orientation applied. */
  readonly pixels: PixelImage;
  /** The `tensor` stage: `pixels` normalised, planar, `3 * height * width` values. */
  readonly tensor: Float32Array;
  readonly warnings: readonly Warning[];
}

/**
 * A port: turns a source into model input by the pixel contract (docs/pixels.md).
 * @throws `IMAGE_*`, `ABORTED`
 */
export type DecodeImage<Source = Uint8Array> = (
  source: Source,
  spec: PixelSpec,
  options?: { readonly signal?: AbortSignal | undefined },
) => Promise<DecodedImage>;

/** One label with its probability. */
export interface Prediction {
  readonly label: string;
  /** Position in `manifest.labels`. */
  readonly index: number;
  /** 0 to 1; calibrated when the manifest says how. */
  readonly probability: number;
}

/** Wall-clock time by stage, in milliseconds. In a batch, `decodeMs` is the image's own and `modelMs` the run's share. */
export interface Timings {
  readonly decodeMs: number;
  readonly modelMs: number;
  readonly totalMs: number;
}

/** What every answer tells of how it came about. */
export interface Provenance {
  /** The provider that really ran the model. */
  readonly provider: Provider;
  /** SHA-256 of the model file, lower-case hex. */
  readonly modelDigest: string;
  readonly warnings: readonly Warning[];
  readonly timings: Timings;
}

/** The answer of `classify`. */
export interface Answer extends Provenance {
  /** The most probable label. */
  readonly label: string;
  readonly probability: number;
  /** The `topK` most probable labels, most probable first; ties keep the manifest's order. */
  readonly predictions: readonly Prediction[];
  /** Position in metric space, `manifest.embedding.size` values. */
  readonly embedding: Float32Array;
}

/** The answer of `embed`. */
export interface EmbeddingAnswer extends Provenance {
  readonly embedding: Float32Array;
}

/** One stage's result and the SHA-256 (lower-case hex) that identifies it. */
export interface StageTrace<Value> {
  readonly sha256: string;
  readonly value: Value;
}

/** Every stage of one classification, in the order in which they ran. */
export interface Trace {
  readonly decode: StageTrace<PixelImage>;
  readonly pixels: StageTrace<PixelImage>;
  readonly tensor: StageTrace<Tensor>;
  /** One entry an output of the model. */
  readonly model: Readonly<Record<string, StageTrace<Tensor>>>;
  readonly decision: Answer;
}

/** The result of running the manifest's canary: a tiny image with a known embedding. */
export interface Health {
  readonly ok: boolean;
  readonly provider: Provider;
  /** Whether the canary's pixels have the expected SHA-256; `undefined` when the manifest has no canary. */
  readonly pixelsMatch?: boolean;
  /** Largest absolute difference of the canary's embedding over the expected embedding's L2 norm. */
  readonly embeddingError?: number;
  /** Why `ok` is false. */
  readonly reason?: string;
}

export interface CallOptions {
  /** Aborts the call with code `ABORTED`. */
  readonly signal?: AbortSignal | undefined;
}

export interface ClassifyOptions extends CallOptions {
  /** How many predictions to return, 1 to the number of labels. @defaultValue all of them */
  readonly topK?: number | undefined;
}

export interface RunOptions extends CallOptions {
  /** Which outputs to compute. @defaultValue all that the model declares */
  readonly outputs?: readonly string[] | undefined;
}

/** A loaded model that classifies images. `Source` is what the runtime accepts as an image. */
export interface Classifier<Source = Uint8Array> {
  readonly manifest: Manifest;
  readonly provider: Provider;
  /** SHA-256 of the model file, lower-case hex. */
  readonly modelDigest: string;
  /** The output names of the model file. */
  readonly outputNames: readonly string[];
  /**
   * Classifies one image.
   * @throws `IMAGE_*`, `OPTION_INVALID`, `INFERENCE_FAILED`, `ABORTED`, `CLASSIFIER_CLOSED`
   */
  classify(source: Source, options?: ClassifyOptions): Promise<Answer>;
  /**
   * Classifies many images, several in one ONNX run. An answer does not depend on its neighbours.
   * The first image that fails rejects the call; `error.details.index` says which it was.
   */
  classifyBatch(sources: readonly Source[], options?: ClassifyOptions): Promise<Answer[]>;
  /** Computes the embedding only. */
  embed(source: Source, options?: CallOptions): Promise<EmbeddingAnswer>;
  /**
   * Runs the model on a raw `[N, 3, H, W]` tensor. Values are not looked at, neither going in nor coming out.
   * @throws `TENSOR_INVALID`, `OUTPUT_UNKNOWN`, `OPTION_INVALID`, `INFERENCE_FAILED`, `ABORTED`, `CLASSIFIER_CLOSED`
   */
  run(input: Tensor, options?: RunOptions): Promise<Record<string, Tensor>>;
  /** Classifies one image and keeps every stage's result and hash. */
  trace(source: Source, options?: CallOptions): Promise<Trace>;
  /** Runs the canary of the manifest. Never throws for a wrong answer: read `ok`. */
  health(options?: CallOptions): Promise<Health>;
  /** Waits for the calls in flight, then frees the model. Calling it twice is allowed. */
  close(): Promise<void>;
}

/** Reported by long operations through their `onProgress` option. */
export interface Progress {
  /** What is being done, e.g. `read-images`, `train-embedding`. */
  readonly stage: string;
  readonly done: number;
  /** Undefined while it is not known. */
  readonly total?: number | undefined;
  /** One line of detail for people. */
  readonly message?: string | undefined;
}
