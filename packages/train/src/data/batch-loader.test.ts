import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type PixelSpec, createRandom } from '@isometry/core';
import { normalizePixels } from '@isometry/pixels';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AugmentationConfig } from '../augment/augmentation-config.ts';
import { PIXEL_DEFAULTS } from '../config.ts';
import { openBatchLoader } from './batch-loader.ts';
import { createBatchMaker } from './make-batch.ts';
import { createPixelStore, type PixelStore } from './pixel-store.ts';

const size = { width: 12, height: 8 };
const pixels: PixelSpec = {
  ...PIXEL_DEFAULTS,
  ...size,
  mean: [0.485, 0.456, 0.406],
  std: [0.229, 0.224, 0.225],
};
const augmentation: AugmentationConfig = {
  flip: true,
  quarterTurns: true,
  rotateDegrees: 20,
  crop: 0.7,
  colour: { brightness: 0.2, contrast: 0.2, saturation: 0.2, hue: 10 },
};

let folder = '';
let store: PixelStore;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'isometry-loader-'));
  store = fillStore();
});
afterAll(() => {
  store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Five images, of which two are in memory. */
function fillStore(): PixelStore {
  const random = createRandom(1, 'test');
  const made = createPixelStore({
    ...size,
    capacity: 5,
    maxCacheBytes: 2 * 12 * 8 * 3,
    spillFolder: folder,
  });
  for (let index = 0; index < 5; index += 1) {
    made.add({ ...size, data: Uint8Array.from({ length: 12 * 8 * 3 }, () => random.next() * 256) });
  }
  return made;
}

describe('openBatchLoader', () => {
  it("gives the runtimes' floats, in the order that was asked for", async () => {
    const loader = openBatchLoader(store, { pixels });
    const batch = await loader.load({ images: [4, 0, 4] });
    await loader.close();
    const data = new Uint8Array(12 * 8 * 3);
    for (const [position, index] of [4, 0, 4].entries()) {
      store.read(index, data);
      const planes = normalizePixels({ ...size, data }, pixels);
      const nhwc = Float32Array.from(
        data,
        (_, at) => planes[(at % 3) * 96 + Math.floor(at / 3)] as number,
      );
      expect(batch.subarray(position * data.length, (position + 1) * data.length)).toEqual(nhwc);
    }
  });

  it('gives the same bits for the same request, in a thread or not, in any order', async () => {
    const loader = openBatchLoader(store, { pixels, augmentation });
    const maker = createBatchMaker({ source: store.source, pixels, augmentation });
    const requests = [1, 2, 1, undefined, 3].map((seed) => ({ images: [3, 1, 3], seed }));
    const batches = await Promise.all(requests.map((request) => loader.load(request)));
    await loader.close();
    for (const [index, batch] of batches.entries()) {
      expect(batch).toEqual(maker.make(requests[index] as (typeof requests)[0]));
    }
    expect(batches[2]).toEqual(batches[0]);
    expect(batches[1]).not.toEqual(batches[0]);
    const part = 12 * 8 * 3;
    const [first] = batches as [Float32Array];
    // The same image twice in a batch is two variants of it.
    expect(first.subarray(2 * part)).not.toEqual(first.subarray(0, part));
    // An image's variant does not depend on its neighbours.
    expect(maker.make({ images: [1], seed: 1 })).toEqual(first.subarray(part, 2 * part));
    maker.close();
  });

  it('works while this thread is held', async () => {
    const setting = { source: store.source, pixels, augmentation };
    const request = { images: Array.from({ length: 4096 }, (_, index) => index % 5), seed: 1 };
    const maker = createBatchMaker(setting);
    const started = performance.now();
    maker.make(request);
    const alone = performance.now() - started;
    maker.close();
    const loader = openBatchLoader(store, setting);
    await loader.load({ images: [0] });
    const asked = performance.now();
    const next = loader.load(request);
    const inCall = performance.now() - asked;
    // Four times as long as it takes here: the thread may have to share its core.
    const until = performance.now() + 4 * alone;
    while (performance.now() < until);
    const held = performance.now();
    await next;
    expect((inCall + performance.now() - held) / alone).toBeLessThan(0.5);
    await loader.close();
  });

  it('refuses what it cannot do, and goes on', async () => {
    expect(() => openBatchLoader(store, { pixels: { ...pixels, width: 13 } })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
    expect(() =>
      openBatchLoader(store, { pixels, augmentation: { ...augmentation, crop: 0 } }),
    ).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    const cut = fillStore();
    truncateSync(cut.source.file ?? '', 100);
    const loader = openBatchLoader(cut, { pixels });
    await expect(loader.load({ images: [5] })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(loader.load({ images: [4] })).rejects.toMatchObject({ code: 'FILE_READ_FAILED' });
    expect(await loader.load({ images: [1] })).toHaveLength(12 * 8 * 3);
    await loader.close();
    cut.close();
  });

  it('tells whoever waits that the thread crashed, and refuses more', async () => {
    const large = { width: 1024, height: 1024 };
    const one = createPixelStore({ ...large, capacity: 1 });
    one.add({ ...large, data: new Uint8Array(1024 * 1024 * 3) });
    const loader = openBatchLoader(one, { pixels: { ...pixels, ...large } });
    // 3e11 floats: no array is that long.
    const lost = loader.load({ images: new Array<number>(100_000).fill(0) });
    const behind = loader.load({ images: [0] });
    await expect(lost).rejects.toMatchObject({ code: 'WORKER_FAILED' });
    await expect(behind).rejects.toMatchObject({ code: 'WORKER_FAILED' });
    await expect(loader.load({ images: [0] })).rejects.toMatchObject({ code: 'WORKER_FAILED' });
    await loader.close();
  });

  it('tells whoever waits that it was closed, and nobody who does not', async () => {
    const loader = openBatchLoader(store, { pixels });
    const lost = loader.load({ images: [0] });
    void loader.load({ images: [1] });
    await loader.close();
    await expect(lost).rejects.toMatchObject({ code: 'ABORTED' });
    await expect(loader.load({ images: [1] })).rejects.toMatchObject({ code: 'ABORTED' });
    await loader.close();
  });

  it.each(['', 'await loader.close(); store.close();'])(
    'keeps no process alive (%j)',
    { timeout: 20_000 },
    async (end) => {
      const program = `
        import { openBatchLoader } from ${JSON.stringify(new URL('batch-loader.ts', import.meta.url).href)};
        import { createPixelStore } from ${JSON.stringify(new URL('pixel-store.ts', import.meta.url).href)};
        const store = createPixelStore({ width: 1, height: 1, capacity: 1 });
        store.add({ width: 1, height: 1, data: Uint8Array.of(255, 0, 0) });
        const pixels = { width: 1, height: 1, mean: [0, 0, 0], std: [1, 1, 1] };
        const loader = openBatchLoader(store, { pixels });
        console.log([...(await loader.load({ images: [0] }))].join());
        ${end}`;
      const { stdout } = await promisify(execFile)(
        process.execPath,
        ['--import', 'tsx', '--conditions=@isometry/source', '--input-type=module', '-e', program],
        { timeout: 15_000 },
      );
      expect(stdout).toBe('1,0,0\n');
    },
  );
});
