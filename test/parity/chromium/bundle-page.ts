import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import type { ServedFile } from './serve-files.ts';

const WASM_FILES = ['ort-wasm-simd-threaded.wasm', 'ort-wasm-simd-threaded.asyncify.wasm'];

/** Bundles a page from the packages' sources, as a user's bundler would, with ONNX Runtime's .wasm beside it. */
export async function bundlePage(entry: URL): Promise<Map<string, ServedFile>> {
  const bundle = await build({
    entryPoints: { page: fileURLToPath(entry) },
    outdir: '/',
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    conditions: ['@isometry/source'],
    write: false,
    logLevel: 'silent',
  });
  const files = new Map<string, ServedFile>([
    [
      '/',
      {
        type: 'text/html',
        body: '<!doctype html><title>Isometry</title><link rel="icon" href="data:,"><script type="module" src="/page.js"></script>',
      },
    ],
  ]);
  for (const { path, contents } of bundle.outputFiles) {
    files.set(path, { type: 'text/javascript', body: contents });
  }
  const require = createRequire(import.meta.url);
  await Promise.all(
    WASM_FILES.map(async (name) => {
      const body = await readFile(require.resolve(`onnxruntime-web/${name}`));
      files.set(`/${name}`, { type: 'application/wasm', body });
    }),
  );
  return files;
}
