import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CellStatus } from './cell-folder.ts';
import {
  keepGridSettings,
  resolveGridSettings,
  type AskedSettings,
  type GridSettings,
} from './grid-settings.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-grid-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const SETTINGS: GridSettings = {
  name: 'photos',
  protocol: 'paper',
  weights: { mobilenet: 'random', resnet50: 'random', inceptionv3: 'random' },
  images: { group: 'patient' },
  recipe: { epochs: 3 },
};
const NOTHING: AskedSettings = { name: 'photos', weights: {}, images: {}, recipe: {} };
const STARTED: readonly CellStatus[] = [
  {
    cell: { backbone: 'mobilenet', loss: 'triplet', seed: 1 },
    state: 'started',
    result: undefined,
    spentSeconds: 0,
  },
];
const complete = async (asked: AskedSettings): Promise<GridSettings> => ({
  ...SETTINGS,
  ...asked,
  protocol: asked.protocol ?? 'paper',
  weights: { ...SETTINGS.weights, ...asked.weights },
});

it('keeps the settings that cells were started with when they are not given again', async () => {
  await keepGridSettings(root, SETTINGS);
  expect(await resolveGridSettings(root, NOTHING, STARTED, complete)).toEqual(SETTINGS);
  const same = { ...NOTHING, protocol: 'paper' as const, recipe: { epochs: 3 } };
  expect(await resolveGridSettings(root, same, STARTED, complete)).toEqual(SETTINGS);
});

it('binds nobody before a cell is started: a typo can be corrected, and a plan writes nothing', async () => {
  const typo = { ...NOTHING, images: { group: 'patientt' } };
  expect((await resolveGridSettings(root, typo, [], complete)).images.group).toBe('patientt');
  expect(await readdir(root)).toEqual([]);
  await keepGridSettings(root, { ...SETTINGS, images: { group: 'patientt' } });
  const right = { ...NOTHING, images: { group: 'patient' } };
  expect((await resolveGridSettings(root, right, [], complete)).images.group).toBe('patient');
});

it.each<[string, Partial<AskedSettings>]>([
  ['protocol', { protocol: 'best' }],
  ['epochs', { recipe: { epochs: 4 } }],
  ['size', { recipe: { size: 64 } }],
  ['group', { images: { group: 'lesion' } }],
  ['weights of mobilenet', { weights: { mobilenet: 'weights.h5' } }],
])('refuses another %s, which would not compare', async (name, asked) => {
  await keepGridSettings(root, SETTINGS);
  const before = await readFile(join(root, 'reproduce.json'), 'utf8');
  await expect(
    resolveGridSettings(root, { ...NOTHING, ...asked }, STARTED, complete),
  ).rejects.toMatchObject({ code: 'OPTION_INVALID', details: { option: name } });
  expect(await readFile(join(root, 'reproduce.json'), 'utf8')).toBe(before);
});

it('takes weights for a backbone of which no cell is started yet', async () => {
  await keepGridSettings(root, SETTINGS);
  const asked = { ...NOTHING, weights: { resnet50: '/weights.h5' } };
  const { weights } = await resolveGridSettings(root, asked, STARTED, complete);
  expect(weights).toEqual({ ...SETTINGS.weights, resnet50: '/weights.h5' });
});

it.each(['{', '[]', '{"version":2}', 'null', '', '{"version":1,"recipe":null}'])(
  'refuses a folder whose reproduce.json is %j and that has cells',
  async (text) => {
    await writeFile(join(root, 'reproduce.json'), text);
    await expect(resolveGridSettings(root, NOTHING, STARTED, complete)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  },
);

it('says when the folder cannot be made', async () => {
  await writeFile(join(root, 'file'), '');
  await expect(keepGridSettings(join(root, 'file', 'grid'), SETTINGS)).rejects.toMatchObject({
    code: 'FILE_WRITE_FAILED',
  });
});
