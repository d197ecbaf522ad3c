import { open } from 'node:fs/promises';
import { IsometryError } from '@isometry/core';
import { MAX_WEIGHTS_BYTES, weightsInvalid } from './weight-file.ts';

/**
 * Reads a file of bounded size.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `WEIGHTS_INVALID` when it is too large
 */
export async function readBytes(path: string): Promise<Uint8Array> {
  try {
    const file = await open(path);
    try {
      const { size } = await file.stat();
      if (size > MAX_WEIGHTS_BYTES) {
        throw weightsInvalid(path, `it has ${size} bytes, above ${MAX_WEIGHTS_BYTES}`);
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    throw toReadError(path, cause);
  }
}

/** Turns what the file system threw into `FILE_NOT_FOUND` or `FILE_READ_FAILED`. */
export function toReadError(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || !('syscall' in cause)) return cause;
  const isMissing = 'code' in cause && (cause.code === 'ENOENT' || cause.code === 'ENOTDIR');
  return new IsometryError(
    isMissing ? 'FILE_NOT_FOUND' : 'FILE_READ_FAILED',
    isMissing ? `There is no ${path}.` : `${path} cannot be read.`,
    {
      hint: isMissing
        ? 'Name an .h5 file of Keras, a TensorFlow.js model.json, or a folder with one.'
        : 'Check that you may read it.',
      cause,
      details: { path },
    },
  );
}
