import { constants, open, type FileHandle } from 'node:fs/promises';
import { IsometryError, throwIfAborted } from '@isometry/core';

/**
 * Reads a regular file of at most `maxBytes`; `tooLarge` makes the error for a larger one.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `ABORTED`
 */
export async function readFileBytes(
  path: string,
  options: {
    readonly maxBytes: number;
    readonly tooLarge: (sizeBytes: number) => IsometryError;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<Uint8Array> {
  let file: FileHandle | undefined;
  try {
    throwIfAborted(options.signal);
    // Without O_NONBLOCK (Windows has none) opening a pipe waits for a writer, and no signal ends that.
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = await file.stat();
    // A device or a pipe has no size to check and may never end.
    if (!stats.isFile()) throw unreadable(path, 'it is not a regular file');
    if (stats.size > options.maxBytes) throw options.tooLarge(stats.size);
    return plainBytes(await file.readFile({ signal: options.signal }));
  } catch (error) {
    throwIfAborted(options.signal);
    if (error instanceof IsometryError) throw error;
    throw systemError(path, error);
  } finally {
    await file?.close();
  }
}

/** No Buffer leaves the package: `slice` and `toJSON` behave differently on it. */
function plainBytes(buffer: Buffer): Uint8Array {
  return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function systemError(path: string, error: unknown): IsometryError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code === 'ENOENT' || code === 'ENOTDIR') {
    return new IsometryError('FILE_NOT_FOUND', `There is no file "${path}".`, {
      hint: 'Check the path; a relative one starts at the working directory.',
      cause: error,
      details: { path },
    });
  }
  return unreadable(path, code, error);
}

function unreadable(path: string, reason: string, cause?: unknown): IsometryError {
  return new IsometryError('FILE_READ_FAILED', `"${path}" could not be read: ${reason}.`, {
    hint: 'Name a regular file that this process may read.',
    cause,
    details: { path },
  });
}
