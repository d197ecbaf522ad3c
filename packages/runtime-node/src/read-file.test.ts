import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsometryError } from '@isometry/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileBytes } from './read-file.ts';

describe('readFileBytes', () => {
  let folder: string;
  let path: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isometry-'));
    path = join(folder, 'four-bytes');
    await writeFile(path, Uint8Array.of(1, 2, 3, 4));
  });

  afterAll(() => rm(folder, { recursive: true }));

  const read = (from: string, maxBytes = 4, signal?: AbortSignal): Promise<Uint8Array> =>
    readFileBytes(from, {
      maxBytes,
      tooLarge: (sizeBytes) => new IsometryError('IMAGE_TOO_LARGE', `${sizeBytes} bytes.`),
      signal,
    });

  it('reads a file up to the limit, as plain bytes', async () => {
    const bytes = await read(path);
    expect(bytes).toEqual(Uint8Array.of(1, 2, 3, 4));
    expect(bytes).not.toBeInstanceOf(Buffer);
  });

  it('refuses a larger one before reading it', async () => {
    await expect(read(path, 3)).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      message: '4 bytes.',
    });
  });

  it.each(['none', 'four-bytes/below'])('says that there is no %s', async (name) => {
    await expect(read(join(folder, name))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
      details: { path: join(folder, name) },
    });
  });

  it('refuses what is no regular file', async () => {
    await expect(read(folder)).rejects.toMatchObject({ code: 'FILE_READ_FAILED' });
    await expect(read('a\0b')).rejects.toMatchObject({ code: 'FILE_READ_FAILED' });
  });

  it.skipIf(process.platform === 'win32')('refuses a pipe that nobody writes to', async () => {
    const pipe = join(folder, 'pipe');
    execFileSync('sh', ['-c', 'mkfifo "$0"', pipe]);
    await expect(read(pipe)).rejects.toMatchObject({ code: 'FILE_READ_FAILED' });
  });

  it('stops when it is aborted', async () => {
    const controller = new AbortController();
    const reading = read(path, 4, controller.signal);
    controller.abort();
    await expect(reading).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(read(path, 4, controller.signal)).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
