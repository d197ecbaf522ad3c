import { createRequire } from 'node:module';
import type { Tfjs } from './tfjs.ts';

/** What the numbers of a run depend on, by name. */
export function libraryVersions(tf: Tfjs): Readonly<Record<string, string>> {
  const { version } = createRequire(import.meta.url)('../package.json') as { version: string };
  const backend = tf.backend() as { binding?: { TF_Version?: string } };
  const libtensorflow = backend.binding?.TF_Version;
  return {
    '@isometry/train': version,
    '@tensorflow/tfjs-node': tf.version['tfjs-node'],
    ...(libtensorflow === undefined ? {} : { libtensorflow }),
    node: process.versions.node,
  };
}
