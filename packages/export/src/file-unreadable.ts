import { IsometryError } from '@isometry/core';

/**
 * What to say of a file that could not be read, by the system's reason.
 * @param hint where a missing one would be found
 */
export function fileUnreadable(path: string, hint: string, cause: unknown): IsometryError {
  const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
  return isMissing
    ? new IsometryError('FILE_NOT_FOUND', `There is no file ${path}.`, {
        hint,
        cause,
        details: { path },
      })
    : new IsometryError('FILE_READ_FAILED', `${path} cannot be read.`, {
        hint: 'Check that it is a file and that you may read it.',
        cause,
        details: { path },
      });
}
