import type {
  Answer,
  EmbeddingAnswer,
  Health,
  Manifest,
  PixelSpec,
  Provider,
  Tensor,
  Trace,
} from '@isometry/core';

/**
 * One engine (Node, a Chromium page, a workerd isolate) that the conformance suite and the quickstart
 * drive from outside. Arrays arrive with all their bits; a failure arrives as the `IsometryError` that
 * the engine threw, and anything else that it threw as a plain `Error`.
 */
export interface RuntimeUnderTest {
  /** E.g. `chromium-wasm`. */
  readonly name: string;
  /** Loads a model file with the engine's public `loadClassifier`. Several may be loaded at once. */
  loadModel(model: Uint8Array, options?: AbortChoice): Promise<ModelUnderTest>;
  /** The SHA-256 of the `pixels` stage for each spec, by the decoder that the engine's classifier uses. */
  pixelDigests(image: Uint8Array, specs: readonly PixelSpec[]): Promise<string[]>;
  /** Ends the engine, whatever is still loaded. */
  dispose(): Promise<void>;
}

/** A classifier inside an engine: the methods of core's `Classifier`, images as encoded bytes. */
export interface ModelUnderTest {
  readonly manifest: Manifest;
  readonly provider: Provider;
  readonly modelDigest: string;
  readonly outputNames: readonly string[];
  classify(image: Uint8Array, options?: ClassifyChoice): Promise<Answer>;
  classifyBatch(images: readonly Uint8Array[], options?: ClassifyChoice): Promise<Answer[]>;
  embed(image: Uint8Array, options?: AbortChoice): Promise<EmbeddingAnswer>;
  trace(image: Uint8Array, options?: AbortChoice): Promise<Trace>;
  run(input: Tensor, options?: RunChoice): Promise<Record<string, Tensor>>;
  health(): Promise<Health>;
  close(): Promise<void>;
}

/** An AbortSignal cannot leave its engine, so the caller names the moment. */
export interface AbortChoice {
  /** `before`: the signal is aborted when the call is made; `during`: right after it was made. */
  readonly abort?: 'before' | 'during';
}

export interface ClassifyChoice extends AbortChoice {
  readonly topK?: number;
}

export interface RunChoice extends AbortChoice {
  readonly outputs?: readonly string[];
}
