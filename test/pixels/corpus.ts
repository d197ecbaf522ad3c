import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PixelSpec } from '@isometry/core';

/** The committed corpus; made by make_corpus.py there. */
export const IMAGES: string = join(import.meta.dirname, '..', 'fixtures', 'images');

/** One image under one spec, with the hash that Pillow gives. */
export interface GoldenCase {
  readonly file: string;
  readonly spec: PixelSpec;
  readonly sha256: string;
}

export async function readGolden(): Promise<GoldenCase[]> {
  const text = await readFile(join(IMAGES, 'golden.json'), 'utf8');
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- our own committed file
  return JSON.parse(text) as GoldenCase[];
}

export async function readImage(file: string): Promise<Uint8Array> {
  return new Uint8Array(await readFile(join(IMAGES, file)));
}
