import { IsometryError } from '@isometry/core';

/** The files of onnxruntime-web that a page has to be able to load, by provider. */
export const WASM_ASSETS = {
  wasm: 'ort-wasm-simd-threaded.wasm',
  webgpu: 'ort-wasm-simd-threaded.asyncify.wasm',
} as const;

/** What to do when onnxruntime-web's own JavaScript does not load. */
export const IMPORT_HINT =
  "Bundle onnxruntime-web into the page's script, serve all chunks that the bundler makes, and load the page again.";

/**
 * The address of a provider's .wasm below `wasmPaths`, or undefined for what the bundler resolves.
 * It is looked for first: ONNX Runtime's own start cannot be repeated after it failed once, and a
 * missing file is the usual reason.
 * @throws `PROVIDER_UNAVAILABLE`, `OPTION_INVALID` when `wasmPaths` is no address
 */
export async function locateAsset(
  provider: keyof typeof WASM_ASSETS,
  wasmPaths: string | undefined,
): Promise<URL | undefined> {
  if (wasmPaths === undefined) return undefined;
  const url = assetUrl(wasmPaths, WASM_ASSETS[provider]);
  const problem = await fetch(url, { method: 'HEAD' }).then(problemOf).catch(String);
  if (problem === undefined) return url;
  throw new IsometryError(
    'PROVIDER_UNAVAILABLE',
    `The ${provider} provider needs ${url.href}: ${problem}.`,
    {
      hint: `Copy node_modules/onnxruntime-web/dist/${WASM_ASSETS[provider]} to where wasmPaths points.`,
      details: { provider, url: url.href },
    },
  );
}

function assetUrl(wasmPaths: string, file: string): URL {
  try {
    const folder = wasmPaths.endsWith('/') ? wasmPaths : `${wasmPaths}/`;
    return new URL(folder + file, globalThis.location?.href);
  } catch (cause) {
    throw new IsometryError('OPTION_INVALID', `wasmPaths is no address: ${wasmPaths}.`, {
      hint: 'Name the folder that serves the .wasm files, e.g. "/onnxruntime/".',
      cause,
      details: { option: 'wasmPaths' },
    });
  }
}

function problemOf(response: Response): string | undefined {
  // Some servers know no HEAD; the download itself will tell.
  if (response.status === 405 || response.status === 501) return undefined;
  if (!response.ok) return `status ${response.status}`;
  // What a single-page app's server answers to any address.
  const isPage = response.headers.get('content-type')?.startsWith('text/html') === true;
  return isPage ? 'the server sends an HTML page' : undefined;
}
