import { readFileSync } from 'node:fs';
import { link, mkdir, open, readFile, rename, rm, stat, utimes } from 'node:fs/promises';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfAborted } from '@isometry/core';
import { toWriteError } from './write-error.ts';

/** How often the holder shows that it lives, and a waiter looks. */
const HEARTBEAT_MS = 2_000;
const POLL_MS = 250;
/** A lock without a heartbeat for this long is dead: thirty missed beats outlast a busy machine. */
const STALE_MS = 30 * HEARTBEAT_MS;

export interface CacheLockOptions {
  readonly signal?: AbortSignal | undefined;
  /** Is called once when another process holds the lock. */
  readonly onWait?: ((holder: string) => void) | undefined;
}

/**
 * Runs `work` while holding the lock file at `path`, so that two set-ups do not do the same download.
 * A lock whose process died is taken over. Waits without limit: the holder may download for minutes.
 * @throws `ABORTED` while waiting, and whatever `work` throws
 */
export async function withCacheLock<Result>(
  path: string,
  work: () => Promise<Result>,
  options: CacheLockOptions = {},
): Promise<Result> {
  await mkdir(dirname(path), { recursive: true }).catch((error: unknown) => {
    throw toWriteError(dirname(path), error);
  });
  const mine = `${hostname()} ${process.pid} ${crypto.randomUUID()}\n`;
  let hasWaited = false;
  while (!(await tryLock(path, mine))) {
    throwIfAborted(options.signal);
    if (await removeIfStale(path)) continue;
    if (!hasWaited) options.onWait?.(await holderOf(path));
    hasWaited = true;
    await sleep(POLL_MS);
  }
  const heartbeat = setInterval(() => {
    const now = new Date();
    utimes(path, now, now).catch(() => {});
  }, HEARTBEAT_MS);
  heartbeat.unref();
  try {
    throwIfAborted(options.signal);
    return await work();
  } finally {
    clearInterval(heartbeat);
    if ((await read(path)) === mine) await rm(path, { force: true });
  }
}

async function tryLock(path: string, content: string): Promise<boolean> {
  try {
    const file = await open(path, 'wx');
    try {
      await file.writeFile(content);
    } finally {
      await file.close();
    }
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw toWriteError(path, error);
  }
}

/** Moves a dead lock aside first: of two waiters that both saw it, one rename succeeds. */
async function removeIfStale(path: string): Promise<boolean> {
  const content = await read(path);
  if (content === undefined || !(await isStale(path, content))) return false;
  const aside = join(dirname(path), `.stale-${crypto.randomUUID()}`);
  try {
    await rename(path, aside);
  } catch {
    return false;
  }
  // Between reading and renaming, another waiter may have replaced the dead lock by its own.
  if ((await read(aside)) !== content) await link(aside, path).catch(() => {});
  await rm(aside, { force: true });
  return true;
}

async function isStale(path: string, content: string): Promise<boolean> {
  // A lock that is still empty, its holder between creating and writing it, names no host.
  const [host, pid] = content.split(' ');
  if (host === hostname() && !isAlive(Number(pid))) return true;
  const modified = await stat(path).then(
    (stats) => stats.mtimeMs,
    () => Date.now(),
  );
  return Date.now() - modified > STALE_MS;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return !isZombie(pid);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Killed, and not yet collected by its parent: in a container without an init that can take for ever. Linux only. */
function isZombie(pid: number): boolean {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // `pid (name) state …`, and a name can hold parentheses.
    return /^\) [ZX]/u.test(line.slice(line.lastIndexOf(')')));
  } catch {
    return false;
  }
}

async function holderOf(path: string): Promise<string> {
  const [host, pid] = (await read(path))?.split(' ') ?? [];
  return pid === undefined ? 'another process' : `process ${pid} on ${host}`;
}

function read(path: string): Promise<string | undefined> {
  return readFile(path, 'utf8').catch(() => undefined);
}
