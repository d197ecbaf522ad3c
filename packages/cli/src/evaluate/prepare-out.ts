import { constants } from 'node:fs';
import { access, readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IsometryError } from '@isometry/core';
import { makeFolder } from '../make-folder.ts';

/** What a process that was killed at its first file leaves. */
const FIRST_FILE = 'evaluation.json.part';

/**
 * Makes the folder of a report before any work is done, and refuses one that holds something else: nothing of others is overwritten.
 * @throws `OPTION_INVALID`, `FILE_WRITE_FAILED`
 */
export async function prepareOut(out: string): Promise<void> {
  const found = await stat(out).catch(() => undefined);
  if (found !== undefined && !found.isDirectory()) throw refused(out, 'is no folder');
  await makeFolder(out);
  try {
    await access(out, constants.W_OK);
  } catch (cause) {
    throw new IsometryError('FILE_WRITE_FAILED', `${out} cannot be written to.`, {
      hint: 'Name another folder with --out.',
      cause,
      details: { folder: out },
    });
  }
  const entries = (await readdir(out)).filter((entry) => entry !== FIRST_FILE);
  if (entries.length === 0 || (await holdsEvaluation(out))) return;
  throw refused(out, 'is not empty and holds no evaluation');
}

function refused(out: string, problem: string): IsometryError {
  return new IsometryError('OPTION_INVALID', `--out ${out} ${problem}.`, {
    hint: 'Name a new folder, or that of an earlier evaluation, which is replaced.',
    details: { option: 'out', out },
  });
}

async function holdsEvaluation(folder: string): Promise<boolean> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, 'evaluation.json'), 'utf8'));
    return (
      typeof value === 'object' &&
      value !== null &&
      'kind' in value &&
      value.kind === 'isometry.evaluation'
    );
  } catch {
    return false;
  }
}
