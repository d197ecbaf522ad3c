import { existsSync, mkdtempSync, readdirSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PixelImage } from '@isometry/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPixelReader } from './pixel-reader.ts';
import { createPixelStore, type PixelStore } from './pixel-store.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'isometry-store-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const [width, height] = [4, 3];
const imageBytes = width * height * 3;

function image(index: number): PixelImage {
  return { width, height, data: Uint8Array.from({ length: imageBytes }, (_, i) => index * 40 + i) };
}

function fill(maxCacheBytes: number, count = 6): PixelStore {
  const store = createPixelStore({
    width,
    height,
    capacity: 6,
    maxCacheBytes,
    spillFolder: folder,
  });
  for (let index = 0; index < count; index += 1) expect(store.add(image(index))).toBe(index);
  return store;
}

describe('createPixelStore', () => {
  it.each([
    ['all in memory', 1e6, false],
    ['two and a half in memory, so two', 2.5 * imageBytes, true],
    ['none in memory', 0, true],
  ])('gives back what it was given: %s', (_, maxCacheBytes, spilled) => {
    const store = fill(maxCacheBytes);
    expect(store.count).toBe(6);
    expect(readdirSync(folder)).toHaveLength(spilled ? 1 : 0);
    expect(store.source.memory.byteLength).toBeLessThanOrEqual(maxCacheBytes);
    const reader = openPixelReader(store.source);
    const into = new Uint8Array(imageBytes);
    for (const index of [5, 0, 3, 1, 4, 2]) {
      store.read(index, into.fill(0));
      expect(into).toEqual(image(index).data);
      reader.read(index, into.fill(0));
      expect(into).toEqual(image(index).data);
    }
    reader.close();
    store.close();
    store.close();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses another size, one too many, and an image that is not there', () => {
    const store = fill(imageBytes);
    const into = new Uint8Array(imageBytes);
    expect(() => store.add(image(6))).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    for (const index of [-1, 6, 0.5, Number.NaN]) {
      expect(() => store.read(index, into)).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID' }),
      );
    }
    store.close();
    const one = fill(imageBytes, 1);
    expect(() => one.add({ ...image(1), width: 3, height: 4 })).toThrow(
      expect.objectContaining({ code: 'TENSOR_INVALID' }),
    );
    expect(() => createPixelStore({ width, height, capacity: 1, maxCacheBytes: -1 })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });

  it('says so when the file cannot be made, or is cut', () => {
    const absent = createPixelStore({
      width,
      height,
      capacity: 1,
      maxCacheBytes: 0,
      spillFolder: join(folder, 'absent'),
    });
    expect(() => absent.add(image(0))).toThrow(
      expect.objectContaining({ code: 'FILE_WRITE_FAILED' }),
    );
    absent.close();
    const store = fill(0);
    const { file = '' } = store.source;
    expect(existsSync(file)).toBe(true);
    truncateSync(file, 5.5 * imageBytes);
    const into = new Uint8Array(imageBytes);
    store.read(4, into);
    expect(into).toEqual(image(4).data);
    expect(() => store.read(5, into)).toThrow(
      expect.objectContaining({ code: 'FILE_READ_FAILED' }),
    );
    store.close();
  });
});
