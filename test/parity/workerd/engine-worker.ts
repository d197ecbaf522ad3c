import { loadClassifier } from '@isometry/edge/workerd';
import { createImageDecoder } from '@isometry/pixels';
import { serveEngine } from '../runners/serve-engine.ts';

/** What `WebAssembly.instantiate` was before anything was loaded. */
const original = WebAssembly.instantiate;

const engine = serveEngine({
  load: (model, { signal }) => loadClassifier(model, { signal }),
  decode: createImageDecoder(),
});

/** For tests only: what a classifier does inside workerd, every stage of it, over HTTP: calls in, replies out. */
export default {
  async fetch(request: Request): Promise<Response> {
    if (new URL(request.url).pathname === '/instantiate') {
      return Response.json({ isOriginal: WebAssembly.instantiate === original });
    }
    const calls = (await request.json()) as readonly string[];
    return Response.json(await Promise.all(calls.map((call) => engine(call))));
  },
};
