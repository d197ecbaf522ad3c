import { mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { IsometryError, isIsometryError, throwIfAborted } from '@isometry/core';

/** A file by its path inside the folder that is written. */
export interface FileToWrite {
  readonly path: string;
  /** Pieces are written one after the other. */
  readonly content: Uint8Array | string | readonly Uint8Array[];
}

/**
 * Writes files under temporary names beside their place and then renames them: a failure or an abort leaves
 * nothing behind. Files of the same names are replaced, others in the folder stay.
 * @returns the absolute paths @throws `FILE_WRITE_FAILED`, `ABORTED`
 */
export async function writeFiles(
  folder: string,
  files: readonly FileToWrite[],
  signal?: AbortSignal,
): Promise<readonly string[]> {
  const target = resolve(folder);
  const made: string[] = [];
  let staging: string | undefined;
  try {
    made.push(...(await makeFolder(target)));
    staging = await mkdtemp(join(target, '.isometry-'));
    for (const { path, content } of files) {
      // One after the other, so that an abort stops the rest.
      // oxlint-disable-next-line no-await-in-loop
      await writeStaged(join(staging, path), content, signal);
    }
    const places = files.map(({ path }) => join(target, path));
    // Whatever could stop a rename is found before the first one.
    for (const place of places) {
      // oxlint-disable-next-line no-await-in-loop
      made.push(...(await makePlace(place)));
    }
    for (const [index, { path }] of files.entries()) {
      // oxlint-disable-next-line no-await-in-loop
      await rename(join(staging, path), places[index] as string);
    }
    await rm(staging, { recursive: true, force: true });
    return places;
  } catch (error) {
    if (staging !== undefined) await rm(staging, { recursive: true, force: true });
    for (const path of made.reverse()) {
      // oxlint-disable-next-line no-await-in-loop
      await rm(path, { recursive: true, force: true });
    }
    throw isIsometryError(error) ? error : writeFailed(target, error);
  }
}

async function writeStaged(
  path: string,
  content: FileToWrite['content'],
  signal: AbortSignal | undefined,
): Promise<void> {
  throwIfAborted(signal);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, content, { flush: true });
  throwIfAborted(signal);
}

/** Makes a folder and returns the topmost that did not exist. */
async function makeFolder(path: string): Promise<string[]> {
  const first = await mkdir(path, { recursive: true });
  return first === undefined ? [] : [first];
}

/** Makes the folder of a file, and refuses a folder where the file goes. */
async function makePlace(path: string): Promise<string[]> {
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory() === true) throw writeFailed(path, 'it is a folder');
  return makeFolder(dirname(path));
}

function writeFailed(target: string, cause: unknown): IsometryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new IsometryError('FILE_WRITE_FAILED', `Nothing was written to ${target}: ${reason}.`, {
    hint: 'Name a folder that you may write to, on a disk with room.',
    cause,
    details: { path: target },
  });
}
