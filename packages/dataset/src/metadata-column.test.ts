import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { joinColumn, readMetadata } from './metadata-column.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-metadata-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const files = ['a/1.jpg', 'b/2.jpg'];

async function read(
  text: string,
  column = 'patient',
  name = 'metadata.csv',
): Promise<Record<string, string>> {
  await writeFile(join(root, name), text);
  const table = await readMetadata(root);
  if (table === undefined) return {};
  return Object.fromEntries(joinColumn(table, column, files));
}

describe('joinColumn', () => {
  it.each([
    ['paths', 'file_name,patient\na/1.jpg,p1\nb/2.jpg,p2\n'],
    ['file names', '\uFEFFpatient,file_name\r\np1,1.jpg\r\np2,2.jpg\r\n'],
    ['stems', 'image_id,patient,__proto__\n1,p1,x\n2,p2,y\n3,p3,z\n'],
    ['backslashes and quotes', 'file_name,patient\n"a\\1.jpg",p1\n"b\\2.jpg","p2"\n'],
  ])('joins by %s', async (_, csv) => {
    expect(await read(csv)).toEqual({ 'a/1.jpg': 'p1', 'b/2.jpg': 'p2' });
  });

  it.each([
    ['no column for the group', 'file_name,age\n1.jpg,3\n', /no column "patient"/],
    ['no column that names the image', 'photo,patient\n1.jpg,p1\n', /names the image/],
    ['a missing row', 'file_name,patient\n1.jpg,p1\n', /1 of 2 images, e\.g\. b\/2\.jpg/],
    ['an empty value', 'file_name,patient\n1.jpg,p1\n2.jpg,\n', /b\/2\.jpg/],
    ['two rows that differ', 'file_name,patient\n1.jpg,p1\n1.jpg,p2\n2.jpg,p1\n', /differ/],
    ['rows of unequal length', 'file_name,patient\n1.jpg,p1,x\n', /malformed/],
    ['nothing', '', /no column/],
    [
      'two columns of one name',
      'file_name,patient,patient\n1.jpg,p1,p2\n',
      /two columns "patient"/,
    ],
    ['a path that leads out', 'file_name,patient\n../../x.jpg,p1\n', /not inside/],
    [
      'a path that leads out, by backslashes',
      'file_name,patient\na\\..\\..\\x.jpg,p1\n',
      /not inside/,
    ],
    ['an absolute path', 'file_name,patient\n/photos/1.jpg,p1\n', /not inside/],
    ['a drive', 'file_name,patient\nC:\\photos\\1.jpg,p1\n', /not inside/],
    ['a quote that does not end', 'file_name,patient\n"1.jpg,p1\n2.jpg,p2\n', /malformed/],
    ['a line of 10 MB', `file_name,patient\n1.jpg,${'x'.repeat(1e7)}\n`, /malformed/],
  ])('refuses %s', async (_, csv, message) => {
    const error: unknown = await read(csv).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'DATASET_METADATA_INVALID' });
    expect((error as Error).message).toMatch(message);
  });

  it('reads JSON Lines, whatever else they hold', async () => {
    const jsonl = [
      '\uFEFF{"file_name":"a/1.jpg","patient":"p1","__proto__":"x","boxes":[[1,2]]}\r',
      '',
      '{"patient":2,"file_name":"./b/2.jpg"}\r',
      '{"file_name":"c/3.jpg"}',
    ].join('\n');
    expect(await read(jsonl, 'patient', 'metadata.jsonl')).toEqual({
      'a/1.jpg': 'p1',
      'b/2.jpg': '2',
    });
  });

  it.each([
    ['no JSON', '{"file_name":"a/1.jpg"}\n{,', /line 2 is no JSON/],
    ['no object', '["a/1.jpg","p1"]', /line 1 is no object/],
    ['a value that is none', '{"file_name":"a/1.jpg","patient":{"id":1}}', /no column "patient"/],
    ['a line without end', `{"file_name":"${'x'.repeat(2 ** 20)}"}`, /line 1 is \d+ long/],
  ])('refuses JSON Lines with %s', async (_, jsonl, message) => {
    await expect(read(jsonl, 'patient', 'metadata.jsonl')).rejects.toMatchObject({
      code: 'DATASET_METADATA_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses a file name that two folders share', async () => {
    await writeFile(join(root, 'metadata.csv'), 'file_name,patient\n1.jpg,p1\n');
    const table = await readMetadata(root);
    expect(() => table && joinColumn(table, 'patient', ['a/1.jpg', 'b/1.jpg'])).toThrow(
      expect.objectContaining({
        code: 'DATASET_METADATA_INVALID',
        details: { key: '1.jpg', files: ['a/1.jpg', 'b/1.jpg'] },
      }),
    );
  });

  it('tells a folder without metadata from one with too much', async () => {
    expect(await readMetadata(root)).toBeUndefined();
    await writeFile(join(root, 'metadata.csv'), 'file_name\n');
    await writeFile(join(root, 'metadata.jsonl'), '{}');
    await expect(readMetadata(root)).rejects.toMatchObject({ code: 'DATASET_METADATA_INVALID' });
  });
});
