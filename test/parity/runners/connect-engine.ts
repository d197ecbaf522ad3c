import type { Manifest, Provider } from '@isometry/core';
import type { ModelUnderTest, RuntimeUnderTest } from '../runtime-under-test.ts';
import type { EngineCall, ModelCall } from './serve-engine.ts';
import { decodeWire, encodeWire, valueOfReply, type Reply } from './wire.ts';

export interface ConnectEngineOptions {
  readonly name: string;
  /** Carries an encoded call to the function that `serveEngine` made, and its reply back. */
  readonly send: (request: string) => Promise<string>;
  readonly dispose: () => Promise<void>;
}

/** The outside of a boundary: a {@link RuntimeUnderTest} over any transport of strings. */
export function connectEngine({ name, send, dispose }: ConnectEngineOptions): RuntimeUnderTest {
  // The reply's type is the method's: serve-engine.ts, on the other side, is typed by core.
  const call = async <Result>(request: EngineCall): Promise<Result> =>
    valueOfReply(decodeWire<Reply<Result>>(await send(encodeWire(request)))) as Result;
  return {
    name,
    dispose,
    pixelDigests: (image, specs) => call({ method: 'pixelDigests', image, specs }),
    loadModel: async (bytes, options = {}) => {
      const { handle, ...loaded } = await call<Loaded>({ method: 'load', bytes, options });
      return connectModel(loaded, (request) => call({ ...request, model: handle }));
    },
  };
}

interface Loaded {
  readonly handle: number;
  readonly manifest: Manifest;
  readonly provider: Provider;
  readonly modelDigest: string;
  readonly outputNames: readonly string[];
}

function connectModel(
  loaded: Omit<Loaded, 'handle'>,
  call: <Result>(request: ModelCall) => Promise<Result>,
): ModelUnderTest {
  return {
    ...loaded,
    classify: (image, options = {}) => call({ method: 'classify', image, options }),
    classifyBatch: (images, options = {}) => call({ method: 'classifyBatch', images, options }),
    embed: (image, options = {}) => call({ method: 'embed', image, options }),
    trace: (image, options = {}) => call({ method: 'trace', image, options }),
    run: (input, options = {}) => call({ method: 'run', input, options }),
    health: () => call({ method: 'health' }),
    close: () => call({ method: 'close' }),
  };
}
