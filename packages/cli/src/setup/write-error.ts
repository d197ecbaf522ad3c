import { IsometryError, isIsometryError } from '@isometry/core';

/**
 * Turns what the file system threw for `path` into `FILE_WRITE_FAILED` with what to do about it.
 * Anything else is given back as it is.
 */
export function toWriteError(path: string, cause: unknown): unknown {
  if (!(cause instanceof Error) || isIsometryError(cause) || !('syscall' in cause)) return cause;
  const code = 'code' in cause ? String(cause.code) : 'unknown';
  return new IsometryError('FILE_WRITE_FAILED', `${path} could not be written (${code}).`, {
    hint: hintFor(code),
    cause,
    details: { path },
  });
}

function hintFor(code: string): string {
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return 'The disk is full: free some space, or name another folder with ISOMETRY_CACHE.';
  }
  return 'Make the folder writable for this user, or name another one with ISOMETRY_CACHE.';
}
