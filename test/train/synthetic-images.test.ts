import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSyntheticImages, syntheticCounts } from '../../scripts/synthetic-images.mjs';

const COUNTS = { corn: 3, 'normal skin': 6, wart: 7 };

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-synthetic-'));
  for (const [folder, seed] of [
    ['a', 1],
    ['same', 1],
    ['other', 2],
  ] as const) {
    await makeSyntheticImages({ out: join(root, folder), seed, counts: COUNTS });
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

async function hashes(folder: string): Promise<Record<string, string>> {
  const files = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  const entries = files
    .filter((entry) => entry.isFile())
    .map(async ({ parentPath, name }) => {
      const bytes = await readFile(join(parentPath, name));
      return [name, createHash('sha256').update(bytes).digest('hex')] as const;
    });
  return Object.fromEntries(await Promise.all(entries));
}

describe('makeSyntheticImages', () => {
  it('makes the same bytes from the same seed, and others from another', async () => {
    const [a, same, other] = await Promise.all(['a', 'same', 'other'].map(hashes));
    expect(a).toEqual(same);
    expect(Object.keys(a as object)).toHaveLength(17);
    expect(Object.keys(a as object).filter((name) => a?.[name] === other?.[name])).toEqual([]);
  });

  it('gives every picture a patient, and sides and aspects that vary', async () => {
    const csv = await readFile(join(root, 'a', 'metadata.csv'), 'utf8');
    const rows = parse<Record<'file_name' | 'patient', string>>(csv, { columns: true });
    expect(rows).toHaveLength(16);
    expect(new Set(rows.map(({ patient }) => patient)).size).toBeLessThan(16);
    const sizes = await Promise.all(
      rows.map(async ({ file_name: file }) => {
        const { format, width, height } = await sharp(join(root, 'a', file)).metadata();
        expect(format).toBe('jpeg');
        return `${width}x${height}`;
      }),
    );
    expect(new Set(sizes).size).toBeGreaterThan(8);
  });

  it('keeps the proportions of the paper', () => {
    expect(syntheticCounts(2013)).toEqual({ corn: 350, 'normal skin': 808, wart: 855 });
    expect(syntheticCounts(3)).toEqual({ corn: 1, 'normal skin': 1, wart: 1 });
  });
});
