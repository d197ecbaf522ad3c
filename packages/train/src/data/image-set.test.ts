import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Progress } from '@isometry/core';
import { scanImageFolder } from '@isometry/dataset';
import { createImageDecoder } from '@isometry/pixels';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PIXEL_DEFAULTS } from '../config.ts';
import { readImages, type ImageSet } from './image-set.ts';
import { createPixelStore, type PixelStore } from './pixel-store.ts';

let root = '';
let store: PixelStore;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-images-'));
  const jpeg = await sharp({ create: { width: 40, height: 20, channels: 3, background: 'red' } })
    .jpeg()
    .toBuffer();
  for (const label of ['a', 'b']) {
    await mkdir(join(root, label));
    for (const index of [1, 2, 3, 4, 5]) await writeFile(join(root, label, `${index}.jpg`), jpeg);
  }
  await writeFile(join(root, 'a', 'cut.jpg'), jpeg.subarray(0, jpeg.length - 40));
  await writeFile(join(root, 'b', 'text.jpg'), 'not an image');
});
afterEach(() => rm(root, { recursive: true, force: true }));

const pixels = { ...PIXEL_DEFAULTS, width: 32, height: 32 };

async function read(
  maxUnreadableShare: number,
  more: { signal?: AbortSignal; onProgress?: (progress: Progress) => void } = {},
): Promise<ImageSet> {
  const folder = await scanImageFolder(root);
  store = createPixelStore({ width: 32, height: 32, capacity: folder.files.length });
  return readImages(folder, store, {
    decode: createImageDecoder(),
    pixels,
    maxUnreadableShare,
    ...more,
  });
}

describe('readImages', () => {
  it('names and skips what it cannot read, and identifies what it read', async () => {
    const seen: Progress[] = [];
    const set = await read(0.2, { onProgress: (progress) => seen.push(progress) });
    expect(set.skipped).toMatchObject([
      { file: 'a/cut.jpg', code: 'IMAGE_TRUNCATED' },
      { file: 'b/text.jpg' },
    ]);
    expect(set.images).toHaveLength(10);
    expect(set.fingerprints).toHaveLength(10);
    expect(store.count).toBe(10);
    const stored = new Uint8Array(32 * 32 * 3);
    store.read(9, stored);
    // A red strip between two black ones.
    expect([...stored.subarray(0, 3)]).toEqual([0, 0, 0]);
    expect(stored[16 * 32 * 3]).toBe(254);
    const jpeg = await sharp({ create: { width: 40, height: 20, channels: 3, background: 'red' } })
      .jpeg()
      .toBuffer();
    const sha256 = createHash('sha256').update(jpeg).digest('hex');
    const lines = ['a', 'b'].flatMap((label) => new Array<string>(5).fill(`${label}\t${sha256}\n`));
    expect(set.digest).toBe(createHash('sha256').update(lines.join('')).digest('hex'));
    expect(seen.at(-1)).toEqual({ stage: 'read-images', done: 12, total: 12 });
  });

  it('refuses a folder in which too many are unreadable', async () => {
    await expect(read(0.1)).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      details: { count: 2, total: 12 },
    });
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    controller.abort();
    await expect(read(1, { signal: controller.signal })).rejects.toMatchObject({ code: 'ABORTED' });
  });
});
