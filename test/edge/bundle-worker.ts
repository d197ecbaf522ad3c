import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { build, type Plugin } from 'esbuild';
import type { ModuleDefinition } from 'miniflare';

const KINDS = { '.wasm': 'CompiledWasm', '.onnx': 'Data' } as const;

/**
 * Bundles a Worker as wrangler does: one script, whose imports of `.wasm` and `.onnx` files stay
 * imports, of modules that lie beside it. `model` stands in for whatever `.onnx` it imports.
 */
export async function bundleWorker(entry: string, model?: Uint8Array): Promise<ModuleDefinition[]> {
  const assets = new Map<string, ModuleDefinition>();
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    minify: true,
    conditions: ['workerd', 'worker', 'browser', '@isometry/source'],
    logLevel: 'silent',
    plugins: [collectAssets(assets, model)],
  });
  const script = result.outputFiles[0]?.text ?? '';
  return [{ type: 'ESModule', path: '/worker.js', contents: script }, ...assets.values()];
}

function collectAssets(
  assets: Map<string, ModuleDefinition>,
  model: Uint8Array | undefined,
): Plugin {
  return {
    name: 'collect-assets',
    setup(bundle) {
      bundle.onResolve({ filter: /\.onnx$/ }, ({ path }) => {
        if (model === undefined) return { errors: [{ text: `no model for ${path}` }] };
        const name = basename(path);
        assets.set(name, { type: KINDS['.onnx'], path: `/${name}`, contents: model });
        return { path: `./${name}`, external: true };
      });
      bundle.onResolve({ filter: /\.wasm$/ }, async ({ path, pluginData, ...origin }) => {
        // Set below: the second round through here is esbuild's own resolution.
        if (pluginData === collectAssets) return undefined;
        const { resolveDir, kind, importer } = origin;
        const found = await bundle.resolve(path, {
          resolveDir,
          kind,
          importer,
          pluginData: collectAssets,
        });
        if (found.errors.length > 0) return { errors: found.errors };
        const name = basename(found.path);
        const contents = new Uint8Array(await readFile(found.path));
        assets.set(name, { type: KINDS['.wasm'], path: `/${name}`, contents });
        return { path: `./${name}`, external: true };
      });
    },
  };
}
