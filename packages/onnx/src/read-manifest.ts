import { IsometryError, MANIFEST_KEY, parseManifest, type Manifest } from '@isometry/core';
import type { OnnxLimits } from './limits.ts';
import { readMetadata } from './read-metadata.ts';

/**
 * Reads and validates the Isometry manifest of a model file. Every runtime calls this first.
 * @throws `MODEL_INVALID`, `MODEL_TOO_LARGE`, `MANIFEST_MISSING`, `MANIFEST_INVALID`, `MANIFEST_VERSION_UNSUPPORTED`
 */
export function readManifest(bytes: Uint8Array, limits: OnnxLimits = {}): Manifest {
  const json = readMetadata(bytes, limits).get(MANIFEST_KEY);
  if (json === undefined) {
    throw new IsometryError(
      'MANIFEST_MISSING',
      `The ONNX file has no "${MANIFEST_KEY}" metadata.`,
      {
        hint: 'Isometry runs models that `isometry export` wrote: export the model with it.',
        details: { key: MANIFEST_KEY },
      },
    );
  }
  return parseManifest(json);
}
