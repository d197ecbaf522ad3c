import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PixelSpec, pixelDigest } from '@isometry/core';
import { createImageDecoder } from '@isometry/pixels';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgesPython, NO_JUDGES, runJudge } from '../judges.ts';
import { type GoldenCase, IMAGES, readGolden } from './corpus.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const HAM3 = process.env['ISOMETRY_HAM3'] ?? join(ROOT, '..', 'shared', 'datasets', 'ham3');
const NO_HAM3 = 'The ham3 photos are not there: set ISOMETRY_HAM3';
/** How many photos of each of ham3's classes. */
const PHOTOS_PER_CLASS = 14;

const decode = createImageDecoder();
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-pixels-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** What the installed Pillow makes of each case. */
async function judge(cases: readonly Omit<GoldenCase, 'sha256'>[]): Promise<string[]> {
  const list = join(folder, 'cases.json');
  await writeFile(list, JSON.stringify(cases));
  const output = await runJudge(join(IMAGES, 'pixels1.py'), [list]);
  return output.trim().split(/\s+/);
}

describe('Pillow, run now, agrees', () => {
  it('on the corpus, with the committed hashes', async ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const golden = await readGolden();
    const judged = await judge(
      golden.map(({ file, spec }) => ({ file: join(IMAGES, file), spec })),
    );
    expect(judged).toEqual(golden.map(({ sha256 }) => sha256));
  });

  it('on photos, with our decoder', async ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    skip(!existsSync(HAM3), NO_HAM3);
    const photos = await listPhotos();
    const cases = photos.map((file, index) => ({ file, spec: SPECS[index % SPECS.length]! }));
    const judged = await judge(cases);
    const ours = await Promise.all(
      cases.map(async ({ file, spec }) => {
        const { pixels } = await decode(new Uint8Array(await readFile(file)), spec);
        return pixelDigest(pixels);
      }),
    );
    expect(cases).toHaveLength(3 * PHOTOS_PER_CLASS);
    expect(ours).toEqual(judged);
  });
});

const SPECS: readonly PixelSpec[] = (['contain', 'cover', 'stretch'] as const).flatMap((fit) =>
  (['bilinear', 'bicubic'] as const).map((filter) => ({
    version: 'pixels/1',
    width: 128,
    height: 96,
    fit,
    filter,
    background: [0, 0, 0],
    mean: [0.5, 0.5, 0.5],
    std: [0.5, 0.5, 0.5],
    jpegOversampling: filter === 'bilinear' ? 2 : 1,
  })),
);

async function listPhotos(): Promise<string[]> {
  const folders = (await readdir(HAM3, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory())
    .map((entry) => join(HAM3, entry.name));
  const lists = await Promise.all(folders.sort().map((each) => readdir(each)));
  return lists.flatMap((names, index) =>
    names
      .sort()
      .slice(0, PHOTOS_PER_CLASS)
      .map((name) => join(folders[index] ?? '', name)),
  );
}
