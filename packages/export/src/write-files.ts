import { access, constants, mkdir, mkdtemp, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { IsometryError, isIsometryError, throwIfAborted } from '@isometry/core';
import { nearestFolder } from './nearest-folder.ts';

/** A file by its path inside the folder that is written. */
export interface FileToWrite {
  readonly path: string;
  /** Pieces are written one after the other. */
  readonly content: Uint8Array | string | readonly Uint8Array[];
}

/**
 * Checks that files can be made in a folder, before long work for them is done. It makes nothing.
 * @throws `FILE_WRITE_FAILED`
 */
export async function assertWritable(folder: string): Promise<void> {
  const { path } = await nearestFolder(folder);
  try {
    if (!(await stat(path)).isDirectory()) throw writeFailed(folder, `${path} is no folder`);
    await access(path, constants.W_OK);
  } catch (error) {
    throw isIsometryError(error) ? error : writeFailed(folder, error);
  }
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
    await makeFolder(target, made);
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
      await makePlace(place, made);
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

/**
 * Makes a folder and those above it, and adds them to `made`. One by one: where the system refuses in a folder that is
 * there (`/proc`), Node's recursive mkdir tries for ever.
 */
async function makeFolder(path: string, made: string[]): Promise<void> {
  const { missing } = await nearestFolder(path);
  for (const folder of missing) {
    // oxlint-disable-next-line no-await-in-loop
    await mkdir(folder);
    made.push(folder);
  }
}

/** Makes the folder of a file, and refuses a folder where the file goes. */
async function makePlace(path: string, made: string[]): Promise<void> {
  const existing = await stat(path).catch(() => undefined);
  if (existing?.isDirectory() === true) throw writeFailed(path, 'it is a folder');
  await makeFolder(dirname(path), made);
}

function writeFailed(target: string, cause: unknown): IsometryError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new IsometryError('FILE_WRITE_FAILED', `Nothing was written to ${target}: ${reason}.`, {
    hint: 'Name a folder that you may write to, on a disk with room.',
    cause,
    details: { path: target },
  });
}
