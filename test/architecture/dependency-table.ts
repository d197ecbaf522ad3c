/** Whose globals a package may touch. What every platform has (`fetch`, `AbortSignal`, …) is free. */
export type Platform = 'node' | 'dom';

/** What the sources of one folder may import. */
export interface DependencyRule {
  /** Other packages of this repository, by folder name. */
  readonly workspace: readonly string[];
  /** `node` also allows `node:*` modules. */
  readonly platforms: readonly Platform[];
  /** Third-party specifiers: a package name covers its subpaths, a subpath only itself. */
  readonly libraries: readonly string[];
}

/**
 * The dependency table of the design: who may import whom. The longest folder that matches counts,
 * so an entry with its own needs (`edge/src/workerd`) does not loosen its package.
 * Each library has its reason in docs/decisions.
 */
export const DEPENDENCY_TABLE: Readonly<Record<string, DependencyRule>> = {
  'packages/core/src': {
    workspace: [],
    platforms: [],
    libraries: ['zod', '@noble/hashes'],
  },
  'packages/pixels/src': {
    workspace: ['core'],
    platforms: [],
    libraries: ['fflate'],
  },
  'packages/onnx/src': {
    workspace: ['core'],
    platforms: [],
    libraries: [],
  },
  'packages/dataset/src': {
    workspace: ['core'],
    platforms: ['node'],
    libraries: ['csv-parse'],
  },
  'packages/report/src': {
    workspace: ['core'],
    platforms: ['node'],
    libraries: ['@fontsource/arimo', '@napi-rs/canvas', 'umap-js', 'vega', 'vega-lite', 'zod'],
  },
  'packages/train/src': {
    workspace: ['core', 'dataset', 'pixels', 'report'],
    platforms: ['node'],
    libraries: ['@tensorflow/tfjs-node', 'h5wasm'],
  },
  'packages/export/src': {
    workspace: ['core', 'onnx'],
    platforms: ['node'],
    libraries: ['zod', '@tensorflow/tfjs'],
  },
  'packages/runtime-node/src': {
    workspace: ['core', 'onnx', 'pixels'],
    platforms: ['node'],
    libraries: ['onnxruntime-node', 'onnxruntime-web/wasm'],
  },
  'packages/runtime-web/src': {
    workspace: ['core', 'onnx', 'pixels'],
    platforms: ['dom'],
    libraries: ['onnxruntime-web/wasm', 'onnxruntime-web/webgpu'],
  },
  'packages/edge/src': {
    workspace: ['core', 'pixels'],
    platforms: [],
    libraries: ['hono', '@remix-run/multipart-parser'],
  },
  'packages/edge/src/workerd': {
    workspace: ['core', 'onnx', 'pixels', 'runtime-web'],
    platforms: [],
    libraries: ['hono', 'onnxruntime-web'],
  },
  'packages/cli/src': {
    workspace: [
      'core',
      'dataset',
      'pixels',
      'onnx',
      'train',
      'export',
      'report',
      'runtime-node',
      'edge',
    ],
    platforms: ['node'],
    libraries: ['@hono/node-server', 'commander', 'node-api-headers', 'picocolors'],
  },
};

/**
 * Development tools that a file names in order to run its own sources in a worker: Node 20 does not run
 * TypeScript. The built file takes another branch, so they are nobody's dependencies.
 */
export const SOURCE_TOOLS: Readonly<Record<string, readonly string[]>> = {
  'packages/train/src/data/start-batch-worker.ts': ['tsx/esm/api'],
};

/** The rule for a file, by its path from the repository's root with forward slashes. */
export function ruleFor(path: string): DependencyRule | undefined {
  const folder = Object.keys(DEPENDENCY_TABLE)
    .filter((candidate) => path.startsWith(`${candidate}/`))
    .sort((a, b) => b.length - a.length)[0];
  return folder === undefined ? undefined : DEPENDENCY_TABLE[folder];
}
