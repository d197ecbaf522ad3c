import type { Provider } from '@isometry/core';
import { createImageDecoder } from '@isometry/pixels';
import { loadClassifier } from '@isometry/runtime-web';
import { serveEngine } from '../runners/serve-engine.ts';

declare global {
  /** Called by the test through Playwright. */
  var startEngine: (providers: readonly Provider[]) => void;
  var callEngine: (request: string) => Promise<string>;
}

/** The .wasm files lie beside this bundle, as a user's server would serve them. */
const wasmPaths = new URL('.', import.meta.url).href;

globalThis.startEngine = (providers) => {
  globalThis.callEngine = serveEngine({
    load: (model, options) => loadClassifier(model, { ...options, providers, wasmPaths }),
    decode: createImageDecoder(),
  });
};
