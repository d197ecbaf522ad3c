import { env, pipeline } from '@huggingface/transformers';

env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = '/models/';
// Its WebAssembly comes from a CDN otherwise.
env.useWasmCache = false;
Object.assign(env.backends.onnx.wasm ?? {}, { wasmPaths: '/ort/', numThreads: 1 });

/** What a page of somebody else does with the folder `name` that its server has under /models/. */
async function askTransformers(name: string, picture: string): Promise<PageAnswer> {
  const options = { dtype: 'fp32', device: 'wasm' } as const;
  const classify = await pipeline('image-classification', name, options);
  const extract = await pipeline('image-feature-extraction', name, options);
  const predictions = await classify(picture);
  const { dims, data } = await extract(picture);
  return { predictions, embedding: { dims, data: Array.from(data as Float32Array) } };
}

export interface PageAnswer {
  readonly predictions: unknown;
  readonly embedding: { readonly dims: readonly number[]; readonly data: readonly number[] };
}

declare global {
  /** Called by the test through Playwright. */
  var askTransformers: (name: string, picture: string) => Promise<PageAnswer>;
}
globalThis.askTransformers = askTransformers;
