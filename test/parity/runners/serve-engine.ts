import {
  pixelDigest,
  type Classifier,
  type DecodeImage,
  type PixelSpec,
  type Tensor,
} from '@isometry/core';
import type { AbortChoice, ClassifyChoice, RunChoice } from '../runtime-under-test.ts';
import { decodeWire, encodeWire, toErrorReply } from './wire.ts';

/** What an engine brings: its public `loadClassifier`, with its providers chosen, and its decoder. */
export interface EngineParts {
  load(model: Uint8Array, options: { readonly signal?: AbortSignal }): Promise<Classifier>;
  readonly decode: DecodeImage;
}

/** A call as it crosses the boundary. `model` is the handle that `load` gave. */
export type EngineCall =
  | { readonly method: 'load'; readonly bytes: Uint8Array; readonly options: AbortChoice }
  | {
      readonly method: 'pixelDigests';
      readonly image: Uint8Array;
      readonly specs: readonly PixelSpec[];
    }
  | (ModelCall & { readonly model: number });

export type ModelCall =
  | {
      readonly method: 'classify';
      readonly image: Uint8Array;
      readonly options: ClassifyChoice;
    }
  | {
      readonly method: 'classifyBatch';
      readonly images: readonly Uint8Array[];
      readonly options: ClassifyChoice;
    }
  | {
      readonly method: 'embed' | 'trace';
      readonly image: Uint8Array;
      readonly options: AbortChoice;
    }
  | { readonly method: 'run'; readonly input: Tensor; readonly options: RunChoice }
  | { readonly method: 'health' | 'close' };

/** The inside of a boundary: one function from an encoded {@link EngineCall} to an encoded reply. */
export function serveEngine(parts: EngineParts): (request: string) => Promise<string> {
  const models: Classifier[] = [];
  return async (request) => {
    try {
      const call = decodeWire<EngineCall>(request);
      return encodeWire({ value: await answer(parts, models, call) });
    } catch (error) {
      return encodeWire(toErrorReply(error));
    }
  };
}

async function answer(
  parts: EngineParts,
  models: Classifier[],
  call: EngineCall,
): Promise<unknown> {
  if (call.method === 'load') {
    const { bytes, options } = call;
    const model = await withSignal(options, (signal) => parts.load(bytes, signal));
    models.push(model);
    const { manifest, provider, modelDigest, outputNames } = model;
    return { handle: models.length - 1, manifest, provider, modelDigest, outputNames };
  }
  if (call.method === 'pixelDigests') {
    const digests: string[] = [];
    for (const spec of call.specs) {
      // oxlint-disable-next-line no-await-in-loop -- decoding blocks its thread: overlap gains nothing
      digests.push(pixelDigest((await parts.decode(call.image, spec)).pixels));
    }
    return digests;
  }
  const model = models[call.model];
  if (model === undefined) throw new TypeError(`There is no model ${call.model}.`);
  return callModel(model, call);
}

function callModel(model: Classifier, call: ModelCall): Promise<unknown> {
  switch (call.method) {
    case 'classify':
      return withSignal(call.options, (options) => model.classify(call.image, options));
    case 'embed':
      return withSignal(call.options, (options) => model.embed(call.image, options));
    case 'trace':
      return withSignal(call.options, (options) => model.trace(call.image, options));
    case 'classifyBatch':
      return withSignal(call.options, (options) => model.classifyBatch(call.images, options));
    case 'run':
      return withSignal(call.options, (options) => model.run(call.input, options));
    case 'health':
      return model.health();
    case 'close':
      return model.close();
    default:
      throw new TypeError(`There is no method ${JSON.stringify(call)}.`);
  }
}

function withSignal<Options extends AbortChoice, Result>(
  { abort, ...options }: Options,
  begin: (options: Omit<Options, 'abort'> & { readonly signal?: AbortSignal }) => Promise<Result>,
): Promise<Result> {
  if (abort === undefined) return begin(options);
  const controller = new AbortController();
  if (abort === 'before') controller.abort();
  const running = begin({ ...options, signal: controller.signal });
  if (abort === 'during') controller.abort();
  return running;
}
