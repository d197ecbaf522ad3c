import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { IsometryError } from '@isometry/core';
import { runInvalid } from './run-invalid.ts';

/** Reads a JSON file of a run. @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `RUN_INVALID` */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const isMissing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
    throw isMissing
      ? new IsometryError('FILE_NOT_FOUND', `There is no file ${path}.`, {
          hint: 'Name the folder that `isometry train --out` wrote; a run that was stopped is ended by its command with --resume.',
          cause,
          details: { path },
        })
      : new IsometryError('FILE_READ_FAILED', `${path} cannot be read.`, {
          hint: 'Check that it is a file and that you may read it.',
          cause,
          details: { path },
        });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw runInvalid(basename(path), 'it is not valid JSON', cause);
  }
}
