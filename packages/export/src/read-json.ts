import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileUnreadable } from './file-unreadable.ts';
import { runInvalid } from './run-invalid.ts';

const HINT =
  'Name the folder that `isometry train --out` wrote; a run that was stopped is ended by its command with --resume.';

/** Reads a JSON file of a run. @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `RUN_INVALID` */
export async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw fileUnreadable(path, HINT, cause);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (cause) {
    throw runInvalid(basename(path), 'it is not valid JSON', cause);
  }
}
