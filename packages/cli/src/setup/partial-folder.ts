import { chmod, mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { toWriteError } from './write-error.ts';

/**
 * Fills a new folder and gives it its name only when `fill` succeeded, so that whatever has the name
 * is complete. What an earlier, killed run left is removed: the caller holds the lock.
 * @throws `FILE_WRITE_FAILED`, and whatever `fill` throws, having removed what was there
 */
export async function withPartialFolder(
  path: string,
  fill: (partial: string) => Promise<void>,
): Promise<void> {
  const parent = dirname(path);
  const prefix = `.partial-${basename(path)}-`;
  let partial: string | undefined;
  try {
    await mkdir(parent, { recursive: true });
    const leftovers = (await readdir(parent)).filter((name) => name.startsWith(prefix));
    for (const name of leftovers) await rm(join(parent, name), { recursive: true, force: true });
    partial = await mkdtemp(join(parent, prefix));
    // mkdtemp makes it for this user only; a cache that root filled serves the others too.
    await chmod(partial, 0o755);
    await fill(partial);
    await rm(path, { recursive: true, force: true });
    await rename(partial, path);
  } catch (error) {
    if (partial !== undefined) await rm(partial, { recursive: true, force: true });
    throw toWriteError(path, error);
  }
}
