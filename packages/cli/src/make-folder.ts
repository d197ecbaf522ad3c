import { mkdir } from 'node:fs/promises';
import { IsometryError } from '@isometry/core';

/** Makes a folder, and those above it. @throws `FILE_WRITE_FAILED` */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (cause) {
    throw new IsometryError('FILE_WRITE_FAILED', `${folder} could not be made.`, {
      hint: 'Name another folder with --out.',
      cause,
      details: { folder },
    });
  }
}
