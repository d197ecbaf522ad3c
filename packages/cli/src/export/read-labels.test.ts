import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLabels } from './read-labels.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labels-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string, name = 'labels'): Promise<readonly string[]> {
  const path = join(folder, name);
  await writeFile(path, text);
  return readLabels(path);
}

describe('readLabels', () => {
  it.each([
    ['lines, as Windows writes them', '\uFEFFcorn\r\nnormal skin\r\nwart\r\n\r\n'],
    ['a JSON array', '["corn", "normal skin", "wart"]'],
    ['Teachable Machine', '{"tmVersion":"2","labels":["corn","normal skin","wart"]}'],
    ['a config.json', '{"model_type":"vit","id2label":{"0":"corn","1":"normal skin","2":"wart"}}'],
    ['Keras', '{"1":["n2","normal skin"],"0":["n1","corn"],"2":["n3","wart"]}'],
  ])('reads %s', async (_, text) => {
    expect(await read(text)).toEqual(['corn', 'normal skin', 'wart']);
  });

  it('keeps an empty line in the middle, whose label is then refused with its place', async () => {
    expect(await read('corn\n\nwart\n')).toEqual(['corn', '', 'wart']);
  });

  it.each([
    ['an empty file', ''],
    ['an object of something else', '{"name":"corn"}'],
    ['positions with a gap', '{"0":"corn","2":"wart"}'],
    ['numbers', '[1,2]'],
    ['broken JSON', '["corn"'],
  ])('refuses %s', async (_, text) => {
    await expect(read(text, 'labels.json')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('takes lines that only look like JSON for lines', async () => {
    expect(await read('[UNK]\ncorn\n')).toEqual(['[UNK]', 'corn']);
  });

  it('says that a file is missing', async () => {
    await expect(readLabels(join(folder, 'none.txt'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
  });
});
