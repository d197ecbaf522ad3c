import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { withCacheLock } from './cache-lock.ts';

describe('withCacheLock', () => {
  let folder: string;
  let path: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isometry-lock-'));
    path = join(folder, 'locks', 'one');
  });
  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('lets one in at a time, and leaves nothing', async () => {
    let inside = 0;
    let most = 0;
    const work = async (): Promise<void> => {
      inside += 1;
      most = Math.max(most, inside);
      await sleep(20);
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 4 }, () => withCacheLock(path, work)));
    expect(most).toBe(1);
    expect(await readdir(join(folder, 'locks'))).toEqual([]);
  });

  it('is free again after work that failed', async () => {
    const failing = withCacheLock(path, () => Promise.reject(new TypeError('no')));
    await expect(failing).rejects.toThrow('no');
    expect(await withCacheLock(path, () => Promise.resolve(7))).toBe(7);
  });

  it.runIf(process.platform === 'linux')(
    'takes over the lock of a process that was killed and that its parent has not collected',
    async () => {
      // The shell becomes a sleep, which never looks after the child that it inherits.
      const parent = spawn('sh', ['-c', 'sleep 0.2 & echo $!; exec sleep 30']);
      const [line] = (await once(parent.stdout, 'data')) as [Buffer];
      const pid = Number(line.toString());
      await sleep(500);
      expect(() => process.kill(pid, 0)).not.toThrow();
      await withCacheLock(path, () => Promise.resolve());
      await writeFile(path, `${hostname()} ${pid} x\n`);
      expect(await withCacheLock(path, () => Promise.resolve('in'))).toBe('in');
      parent.kill('SIGKILL');
    },
  );

  it('takes over the lock of another machine only when its heartbeat stopped', async () => {
    await withCacheLock(path, () => Promise.resolve());
    await writeFile(path, 'elsewhere 1 x\n');
    const waited: string[] = [];
    const second = withCacheLock(path, () => Promise.resolve('in'), {
      onWait: (holder) => waited.push(holder),
    });
    await sleep(100);
    expect(waited).toEqual(['process 1 on elsewhere']);
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(path, longAgo, longAgo);
    expect(await second).toBe('in');
  });

  it('leaves a lock that its holder has not written yet alone, until it is old', async () => {
    await withCacheLock(path, () => Promise.resolve());
    await writeFile(path, '');
    let isIn = false;
    const second = withCacheLock(path, () => Promise.resolve((isIn = true)));
    await sleep(100);
    expect(isIn).toBe(false);
    const longAgo = new Date(Date.now() - 3_600_000);
    await utimes(path, longAgo, longAgo);
    expect(await second).toBe(true);
  });

  it('stops waiting on abort', async () => {
    await withCacheLock(path, () => Promise.resolve());
    await writeFile(path, 'elsewhere 1 x\n');
    const controller = new AbortController();
    setTimeout(() => controller.abort(), 50);
    await expect(
      withCacheLock(path, () => Promise.resolve(), { signal: controller.signal }),
    ).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
