import { rename, rm, writeFile } from 'node:fs/promises';
import { IsometryError } from '@isometry/core';

/**
 * Writes a file whole or not at all: a process that is killed leaves the old one.
 * @throws `FILE_WRITE_FAILED`
 */
export async function writeWholeFile(path: string, content: string | Uint8Array): Promise<void> {
  const partial = `${path}.part`;
  try {
    // On the disk before it gets its name: a machine that is switched off leaves the old file or the new one.
    await writeFile(partial, content, { flush: true });
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IsometryError('FILE_WRITE_FAILED', `${path} could not be written: ${reason}`, {
      hint: 'Check that the folder can be written and that the disk has room.',
      cause,
      details: { file: path },
    });
  }
}
