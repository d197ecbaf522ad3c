import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';

/** A path that is there already, by its own name or as the nearest above the one that is asked for. */
export interface NearestFolder {
  /** Absolute. */
  readonly path: string;
  /** What is missing between it and the path that was asked for, the outermost first; absolute. */
  readonly missing: readonly string[];
}

/** Finds how much of a path is there. It makes nothing; what it finds may be a file. */
export async function nearestFolder(path: string): Promise<NearestFolder> {
  const missing: string[] = [];
  let folder = resolve(path);
  // One after the other, upwards, and there is always a root.
  // oxlint-disable-next-line no-await-in-loop
  while (!(await isThere(folder)) && dirname(folder) !== folder) {
    missing.unshift(folder);
    folder = dirname(folder);
  }
  return { path: folder, missing };
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
