import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { pixelDigest, type PixelSpec } from '@isometry/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSourceDecoder, type ImageSource } from './image-source.ts';

/** One red pixel. */
const PNG = Uint8Array.from(
  atob(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  ),
  (character) => character.charCodeAt(0),
);

const SPEC: PixelSpec = {
  version: 'pixels/1',
  width: 2,
  height: 2,
  fit: 'stretch',
  filter: 'bilinear',
  background: [0, 0, 0],
  mean: [0, 0, 0],
  std: [1, 1, 1],
  jpegOversampling: 2,
};

describe('createSourceDecoder', () => {
  let folder: string;
  let path: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'isometry-'));
    path = join(folder, 'red.png');
    await writeFile(path, PNG);
  });

  afterAll(() => rm(folder, { recursive: true }));

  const digest = async (source: ImageSource): Promise<string> =>
    pixelDigest((await createSourceDecoder({})(source, SPEC)).pixels);

  it('sees the same pixels in every kind of source', async () => {
    const sources = [PNG, PNG.buffer, new Blob([PNG]), path, pathToFileURL(path)];
    const digests = await Promise.all(sources.map((source) => digest(source)));
    const red = {
      width: 2,
      height: 2,
      data: Uint8Array.from({ length: 12 }, (_, i) => (i % 3 ? 0 : 255)),
    };
    expect(new Set(digests)).toEqual(new Set([pixelDigest(red)]));
  });

  it('keeps the limit for every kind of source', async () => {
    const decode = createSourceDecoder({ maxBytes: PNG.length - 1 });
    for (const source of [PNG, PNG.buffer, new Blob([PNG]), path]) {
      // oxlint-disable-next-line no-await-in-loop -- four small ones
      await expect(decode(source, SPEC)).rejects.toMatchObject({ code: 'IMAGE_TOO_LARGE' });
    }
  });

  it('refuses what is no source', async () => {
    await expect(digest(7 as unknown as Blob)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(digest(join(folder, 'none.png'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });
});
