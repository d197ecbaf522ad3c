import { assertInput } from './assert-input.ts';
import { judgeCanary, readCanary } from './canary.ts';
import { assertFinite, decide, outputOf } from './decide.ts';
import { floatDigest, pixelDigest } from './digest.ts';
import { IsometryError, isIsometryError, throwIfAborted } from './errors.ts';
import type { Manifest } from './manifest.ts';
import { assertTopK } from './top-k.ts';
import type {
  Answer,
  CallOptions,
  Classifier,
  ClassifyOptions,
  DecodedImage,
  DecodeImage,
  EmbeddingAnswer,
  Health,
  ModelSession,
  Provenance,
  RunOptions,
  StageTrace,
  Tensor,
  Trace,
} from './types.ts';

/** How many images `classifyBatch` puts into one run: 8 inputs of 224 px are 4.8 MB. */
export const BATCH_SIZE = 8;

/** The graph's only input. */
export const INPUT_NAME = 'pixel_values';

export interface CreateClassifierOptions<Source> {
  readonly manifest: Manifest;
  /** SHA-256 of the model file, lower-case hex. */
  readonly modelDigest: string;
  readonly session: ModelSession;
  readonly decode: DecodeImage<Source>;
}

/**
 * Joins the two ports to a classifier: decode, run, decide. The one pipeline of every runtime.
 * `decode` must accept encoded bytes besides `Source`: the canary is a PNG.
 */
export function createClassifier<Source>(
  options: CreateClassifierOptions<Source | Uint8Array>,
): Classifier<Source | Uint8Array> {
  return new PipelineClassifier(options);
}

class PipelineClassifier<Source> implements Classifier<Source | Uint8Array> {
  readonly #session: ModelSession;
  readonly #decode: DecodeImage<Source | Uint8Array>;
  readonly #inFlight = new Set<Promise<unknown>>();
  #closing: Promise<void> | undefined;
  readonly manifest: Manifest;
  readonly modelDigest: string;

  constructor(options: CreateClassifierOptions<Source | Uint8Array>) {
    this.manifest = options.manifest;
    this.modelDigest = options.modelDigest;
    this.#session = options.session;
    this.#decode = options.decode;
  }

  get provider(): Classifier['provider'] {
    return this.#session.provider;
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  classify(source: Source | Uint8Array, options: ClassifyOptions = {}): Promise<Answer> {
    return this.#track(async () => {
      const started = performance.now();
      const valid = { ...options, topK: this.#topK(options) };
      const [answer] = await this.#classifyChunk([source], undefined, valid, started);
      return answer as Answer;
    });
  }

  classifyBatch(
    sources: readonly (Source | Uint8Array)[],
    options: ClassifyOptions = {},
  ): Promise<Answer[]> {
    return this.#track(async () => {
      const valid = { ...options, topK: this.#topK(options) };
      if (!Array.isArray(sources)) {
        throw new IsometryError('OPTION_INVALID', 'The images of a batch are not an array.', {
          hint: 'Pass an array of images, or one image to classify().',
          details: { option: 'sources' },
        });
      }
      const answers: Answer[] = [];
      for (let first = 0; first < sources.length; first += BATCH_SIZE) {
        const chunk = sources.slice(first, first + BATCH_SIZE);
        // One run at a time: a session overlaps nothing, and memory stays bounded.
        // oxlint-disable-next-line no-await-in-loop
        answers.push(...(await this.#classifyChunk(chunk, first, valid, performance.now())));
      }
      return answers;
    });
  }

  embed(source: Source | Uint8Array, options: CallOptions = {}): Promise<EmbeddingAnswer> {
    return this.#track(async () => {
      const started = performance.now();
      const decoded = await this.#decodeOne(source, options);
      const decodedAt = performance.now();
      const outputs = await this.#infer(this.#stack([decoded]), ['embedding'], options);
      const { data } = outputOf(outputs, 'embedding', [1, this.manifest.embedding.size]);
      assertFinite(data, 'embedding', this.provider);
      return {
        embedding: data,
        ...this.#provenance(decoded, started, decodedAt, performance.now() - decodedAt),
      };
    });
  }

  run(input: Tensor, options: RunOptions = {}): Promise<Record<string, Tensor>> {
    return this.#track(() => {
      assertInput(input, this.#inputShape);
      const names = options.outputs ?? this.outputNames;
      if (names.length === 0) {
        throw new IsometryError('OPTION_INVALID', '`outputs` names no output.', {
          hint: `Leave it out for all, or name some of ${this.outputNames.join(', ')}.`,
          details: { option: 'outputs' },
        });
      }
      for (const name of names) {
        if (!this.outputNames.includes(name)) {
          throw new IsometryError('OUTPUT_UNKNOWN', `The model has no output "${name}".`, {
            hint: `It has ${this.outputNames.join(', ')}.`,
            details: { output: name },
          });
        }
      }
      return this.#infer(input, names, options);
    });
  }

  trace(source: Source | Uint8Array, options: CallOptions = {}): Promise<Trace> {
    return this.#track(async () => {
      const started = performance.now();
      const decoded = await this.#decodeOne(source, options);
      const decodedAt = performance.now();
      const tensor = this.#stack([decoded]);
      const outputs = await this.#infer(tensor, this.outputNames, options);
      const provenance = this.#provenance(
        decoded,
        started,
        decodedAt,
        performance.now() - decodedAt,
      );
      const [decision] = decide(this.manifest, outputs, [provenance], this.manifest.labels.length);
      return {
        decode: { sha256: pixelDigest(decoded.raster), value: decoded.raster },
        pixels: { sha256: pixelDigest(decoded.pixels), value: decoded.pixels },
        tensor: traceTensor(tensor),
        model: Object.fromEntries(
          Object.entries(outputs).map(([name, output]) => [name, traceTensor(output)]),
        ),
        decision: decision as Answer,
      };
    });
  }

  health(options: CallOptions = {}): Promise<Health> {
    return this.#track(async () => {
      const { canary } = this.manifest;
      if (canary === null) {
        const [, height, width] = this.#inputShape;
        const blank = new Float32Array(3 * height * width);
        await this.#infer({ data: blank, dims: [1, 3, height, width] }, ['embedding'], options);
        return { ok: true, provider: this.provider };
      }
      const decoded = await this.#decodeOne(readCanary(canary.image), options);
      const outputs = await this.#infer(this.#stack([decoded]), ['embedding'], options);
      const { data } = outputOf(outputs, 'embedding', [1, this.manifest.embedding.size]);
      const precision = this.manifest.export?.precision;
      return {
        provider: this.provider,
        ...judgeCanary(canary, decoded.pixels, data, precision),
      };
    });
  }

  close(): Promise<void> {
    this.#closing ??= Promise.allSettled(this.#inFlight).then(() => this.#session.close());
    return this.#closing;
  }

  /** Keeps `close` waiting for the call, and turns synchronous throws into rejections. */
  async #track<Result>(call: () => Promise<Result>): Promise<Result> {
    if (this.#closing !== undefined) {
      throw new IsometryError('CLASSIFIER_CLOSED', 'The classifier has been closed.', {
        hint: 'Load the model again.',
      });
    }
    const running = Promise.resolve().then(call);
    this.#inFlight.add(running);
    try {
      return await running;
    } finally {
      this.#inFlight.delete(running);
    }
  }

  /** Checked before an image is decoded in vain. */
  #topK({ topK = this.manifest.labels.length }: ClassifyOptions): number {
    assertTopK(topK, this.manifest.labels);
    return topK;
  }

  get #inputShape(): readonly [number, number, number] {
    return [3, this.manifest.pixels.height, this.manifest.pixels.width];
  }

  async #decodeOne(source: Source | Uint8Array, options: CallOptions): Promise<DecodedImage> {
    throwIfAborted(options.signal);
    const decoded = await this.#decode(source, this.manifest.pixels, options);
    throwIfAborted(options.signal);
    return decoded;
  }

  #stack(images: readonly DecodedImage[]): Tensor {
    const [channels, height, width] = this.#inputShape;
    const size = channels * height * width;
    const data = new Float32Array(images.length * size);
    for (const [index, image] of images.entries()) data.set(image.tensor, index * size);
    return { data, dims: [images.length, channels, height, width] };
  }

  async #infer(
    input: Tensor,
    outputs: readonly string[],
    options: CallOptions,
  ): Promise<Record<string, Tensor>> {
    throwIfAborted(options.signal);
    return this.#session.run({ [INPUT_NAME]: input }, outputs, { signal: options.signal });
  }

  async #classifyChunk(
    sources: readonly (Source | Uint8Array)[],
    /** Position of the chunk in a batch; undefined for a call with one image. */
    firstIndex: number | undefined,
    options: CallOptions & { readonly topK: number },
    started: number,
  ): Promise<Answer[]> {
    const decoded: DecodedImage[] = [];
    const decodeMs: number[] = [];
    for (const [offset, source] of sources.entries()) {
      const begin = performance.now();
      try {
        // oxlint-disable-next-line no-await-in-loop -- decoding blocks its thread: overlap gains nothing
        decoded.push(await this.#decodeOne(source, options));
      } catch (error) {
        throw firstIndex === undefined ? error : withIndex(error, firstIndex + offset);
      }
      decodeMs.push(performance.now() - begin);
    }
    const begin = performance.now();
    const outputs = await this.#infer(
      this.#stack(decoded),
      ['embedding', 'probabilities'],
      options,
    );
    const end = performance.now();
    const provenance = decoded.map((image, index) => ({
      provider: this.provider,
      modelDigest: this.modelDigest,
      warnings: image.warnings,
      timings: {
        decodeMs: decodeMs[index] ?? 0,
        modelMs: (end - begin) / decoded.length,
        totalMs: end - started,
      },
    }));
    return decide(this.manifest, outputs, provenance, options.topK);
  }

  #provenance(
    decoded: DecodedImage,
    started: number,
    decodedAt: number,
    modelMs: number,
  ): Provenance {
    return {
      provider: this.provider,
      modelDigest: this.modelDigest,
      warnings: decoded.warnings,
      timings: {
        decodeMs: decodedAt - started,
        modelMs,
        totalMs: performance.now() - started,
      },
    };
  }
}

function traceTensor(tensor: Tensor): StageTrace<Tensor> {
  return { sha256: floatDigest(tensor.data), value: tensor };
}

function withIndex(error: unknown, index: number): unknown {
  if (!isIsometryError(error)) return error;
  return new IsometryError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
    details: { ...error.details, index },
  });
}
