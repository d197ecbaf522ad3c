import { createRequire } from 'node:module';
import { IsometryError } from '@isometry/core';

/** TensorFlow.js on libtensorflow. */
export type Tfjs = typeof import('@tensorflow/tfjs-node');

let loading: Promise<Tfjs> | undefined;

/**
 * Loads `@tensorflow/tfjs-node` once. It is not imported before: what trains nothing must not need it.
 * @throws `TRAINER_UNAVAILABLE` when the package, its addon or libtensorflow is missing
 */
export function loadTfjs(): Promise<Tfjs> {
  loading ??= load().catch((error: unknown) => {
    // A later call tries again: the set-up may have been run in between.
    loading = undefined;
    throw error;
  });
  return loading;
}

async function load(): Promise<Tfjs> {
  restoreNodeUtilities();
  // libtensorflow prints its CPU features on stderr when it loads; a library prints nothing.
  process.env['TF_CPP_MIN_LOG_LEVEL'] ??= '2';
  try {
    const loaded = (await import('@tensorflow/tfjs-node')) as Tfjs & { readonly default?: Tfjs };
    // A CommonJS module: its names are on `default`, and not all of them beside it.
    return loaded.default ?? loaded;
  } catch (cause) {
    throw new IsometryError(
      'TRAINER_UNAVAILABLE',
      'TensorFlow for Node (@tensorflow/tfjs-node) is not installed or does not load.',
      { hint: 'Run `npx isometry setup train`.', cause },
    );
  }
}

/**
 * Puts back what tfjs-node 4.22 calls and Node 23 removed (tensorflow/tfjs#8609), and replaces what
 * Node 22 and 24 still have but warn about on stderr. It has to be the CommonJS object of `node:util`:
 * that is the one that tfjs-node holds.
 */
function restoreNodeUtilities(): void {
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  util['isNullOrUndefined'] = (value: unknown) => value === null || value === undefined;
  util['isArray'] = Array.isArray;
}
