import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openGridFolder, type AskedSettings, type GridSettings } from './grid-settings.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-grid-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const SETTINGS: GridSettings = {
  protocol: 'paper',
  weights: { mobilenet: 'random', resnet50: 'random', inceptionv3: 'random' },
  images: { group: 'patient' },
  recipe: { epochs: 3 },
};
const NOTHING: AskedSettings = { weights: {}, images: {}, recipe: {} };
const complete = async (): Promise<GridSettings> => SETTINGS;
const never = (): Promise<GridSettings> => Promise.reject(new TypeError('the folder has them'));

it('keeps the settings of a new folder, and goes on with them when they are not given again', async () => {
  const out = join(root, 'new', 'grid');
  expect(await openGridFolder(out, NOTHING, complete)).toEqual(SETTINGS);
  expect(await openGridFolder(out, NOTHING, never)).toEqual(SETTINGS);
  const asked = { ...NOTHING, protocol: 'paper' as const, recipe: { epochs: 3 } };
  expect(await openGridFolder(out, asked, never)).toEqual(SETTINGS);
});

it.each<[string, Partial<AskedSettings>]>([
  ['protocol', { protocol: 'best' }],
  ['epochs', { recipe: { epochs: 4 } }],
  ['size', { recipe: { size: 64 } }],
  ['group', { images: { group: 'lesion' } }],
  ['weights of resnet50', { weights: { resnet50: 'weights.h5' } }],
])('refuses another %s, which would not compare', async (name, asked) => {
  await openGridFolder(root, NOTHING, complete);
  const before = await readFile(join(root, 'reproduce.json'), 'utf8');
  await expect(openGridFolder(root, { ...NOTHING, ...asked }, never)).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    details: { option: name },
  });
  expect(await readFile(join(root, 'reproduce.json'), 'utf8')).toBe(before);
});

it.each(['{', '[]', '{"version":2}', 'null', ''])(
  'refuses a folder whose reproduce.json is %j',
  async (text) => {
    await writeFile(join(root, 'reproduce.json'), text);
    await expect(openGridFolder(root, NOTHING, complete)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  },
);

it('says when the folder cannot be made', async () => {
  await writeFile(join(root, 'file'), '');
  await expect(openGridFolder(join(root, 'file', 'grid'), NOTHING, complete)).rejects.toMatchObject(
    { code: 'FILE_WRITE_FAILED' },
  );
});
