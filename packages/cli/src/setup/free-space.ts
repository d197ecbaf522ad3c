import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { IsometryError } from '@isometry/core';

/** Bytes as people read them, in powers of ten as disks are sold: `207 MB`, `2.4 GB`. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.ceil(bytes / 1e3)} kB`;
}

/**
 * Makes sure, before a long download, that what it brings will fit.
 * @throws `SETUP_FAILED` naming both sizes
 */
export async function assertFreeSpace(folder: string, neededBytes: number): Promise<void> {
  const free = await freeBytes(folder);
  if (free === undefined || free >= neededBytes) return;
  throw new IsometryError(
    'SETUP_FAILED',
    `${folder} needs ${formatBytes(neededBytes)} and its disk has ${formatBytes(free)} free.`,
    {
      hint: 'Free some space, or name another folder with ISOMETRY_CACHE.',
      details: { folder, neededBytes, freeBytes: free },
    },
  );
}

/** Of the folder's disk, or of the nearest ancestor's that exists; `undefined` where none can tell. */
async function freeBytes(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return bavail * bsize;
  } catch {
    const parent = dirname(folder);
    return parent === folder ? undefined : freeBytes(parent);
  }
}
