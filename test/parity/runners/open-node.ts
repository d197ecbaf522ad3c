import type { Provider } from '@isometry/core';
import { createImageDecoder } from '@isometry/pixels';
import { loadClassifier } from '@isometry/runtime-node';
import type { RuntimeUnderTest } from '../runtime-under-test.ts';
import { connectEngine } from './connect-engine.ts';
import { serveEngine } from './serve-engine.ts';

/** `@isometry/runtime-node` in this process, through the same strings as every other engine. */
export function openNode(providers: readonly Provider[]): Promise<RuntimeUnderTest> {
  const send = serveEngine({
    load: (model, options) => loadClassifier(model, { ...options, providers }),
    decode: createImageDecoder(),
  });
  return Promise.resolve(
    connectEngine({ name: `node-${providers.join('-')}`, send, dispose: () => Promise.resolve() }),
  );
}
