import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import type { PixelSpec } from '@isometry/core';
import { scanImageFolder } from '@isometry/dataset';
import { createImageDecoder } from '@isometry/pixels';
import sharp, { type Sharp } from 'sharp';
import { expect, it } from 'vitest';
import { PIXEL_DEFAULTS } from '../config.ts';
import { countDifferences } from './hash-index.ts';
import { NEAR_DISTANCE } from './near-duplicates.ts';
import { fingerprintPixels } from './pixel-fingerprint.ts';

const HAM3 =
  process.env['ISOMETRY_HAM3'] ??
  join(import.meta.dirname, '../../../../..', 'shared', 'datasets', 'ham3');
const NO_HAM3 = 'The ham3 photos are not there: set ISOMETRY_HAM3';

const pixels: PixelSpec = { ...PIXEL_DEFAULTS, width: 64, height: 64 };

/** Every so many photos are looked at; all of them give the numbers beside NEAR_DISTANCE. */
const STEP = process.env['ISOMETRY_FULL'] === '1' ? 1 : 4;

/** What people and sites do to a photo. */
const VARIANTS = [
  (photo: Sharp) => photo.jpeg({ quality: 60 }),
  (photo: Sharp) => photo.resize(120).jpeg({ quality: 80 }),
  (photo: Sharp) => photo.modulate({ brightness: 1.15 }).jpeg({ quality: 85 }),
];

it(
  'tells photos of different lesions from variants of one',
  { timeout: 120_000 },
  async ({ skip }) => {
    skip(!existsSync(HAM3), NO_HAM3);
    const decode = createImageDecoder();
    const hash = async (bytes: Uint8Array): Promise<readonly [number, number]> => {
      const fingerprint = fingerprintPixels(
        (await decode(bytes, pixels)).pixels,
        pixels.background,
      );
      return fingerprint.perceptual ?? [0, 0];
    };
    const { files, groups } = await scanImageFolder(HAM3, { group: 'lesion_id' });
    const photos = files.filter((_, index) => index % STEP === 0);
    const hashes: { file: string; hash: readonly [number, number] }[] = [];
    const ofVariants: number[] = [];
    for (const [index, { file }] of photos.entries()) {
      const bytes = await readFile(join(HAM3, file));
      const own = await hash(bytes);
      hashes.push({ file, hash: own });
      if (index % 20 !== 0) continue;
      for (const vary of VARIANTS) {
        ofVariants.push(countDifferences(own, await hash(await vary(sharp(bytes)).toBuffer())));
      }
    }
    const near: string[] = [];
    for (const [index, a] of hashes.entries()) {
      for (const b of hashes.slice(0, index)) {
        if (groups?.get(a.file) === groups?.get(b.file)) continue;
        const distance = countDifferences(a.hash, b.hash);
        if (distance <= NEAR_DISTANCE) near.push(`${stem(a.file)} ${stem(b.file)}`);
      }
    }
    expect(near).toEqual([]);
    expect(ofVariants.length).toBeGreaterThan(40);
    expect(Math.max(...ofVariants)).toBeLessThanOrEqual(NEAR_DISTANCE);
  },
);

function stem(file: string): string {
  return basename(file, extname(file));
}
