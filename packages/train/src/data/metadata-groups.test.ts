import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGroups } from './metadata-groups.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-metadata-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const files = ['a/1.jpg', 'b/2.jpg'];

function read(csv: string, column = 'patient'): Promise<ReadonlyMap<string, string>> {
  return writeFile(join(root, 'metadata.csv'), csv).then(() => readGroups(root, column, files));
}

describe('readGroups', () => {
  it.each([
    ['paths', 'file_name,patient\na/1.jpg,p1\nb/2.jpg,p2\n'],
    ['file names', '\uFEFFpatient,file_name\r\np1,1.jpg\r\np2,2.jpg\r\n'],
    ['stems', 'image_id,patient,__proto__\n1,p1,x\n2,p2,y\n3,p3,z\n'],
    ['backslashes and quotes', 'file_name,patient\n"a\\1.jpg",p1\n"b\\2.jpg","p2"\n'],
  ])('joins by %s', async (_, csv) => {
    expect(Object.fromEntries(await read(csv))).toEqual({ 'a/1.jpg': 'p1', 'b/2.jpg': 'p2' });
  });

  it.each([
    ['no column for the group', 'file_name,age\n1.jpg,3\n', /no column "patient"/],
    ['no column that names the image', 'photo,patient\n1.jpg,p1\n', /names the image/],
    ['a missing row', 'file_name,patient\n1.jpg,p1\n', /1 of 2 images, e\.g\. b\/2\.jpg/],
    ['an empty value', 'file_name,patient\n1.jpg,p1\n2.jpg,\n', /b\/2\.jpg/],
    ['two rows that differ', 'file_name,patient\n1.jpg,p1\n1.jpg,p2\n2.jpg,p1\n', /differ/],
    ['rows of unequal length', 'file_name,patient\n1.jpg,p1,x\n', /malformed/],
    ['nothing', '', /no column/],
  ])('refuses %s', async (_, csv, message) => {
    const error: unknown = await read(csv).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'DATASET_METADATA_INVALID' });
    expect((error as Error).message).toMatch(message);
  });

  it('refuses a file name that two folders share', async () => {
    await writeFile(join(root, 'metadata.csv'), 'file_name,patient\n1.jpg,p1\n');
    await expect(readGroups(root, 'patient', ['a/1.jpg', 'b/1.jpg'])).rejects.toMatchObject({
      code: 'DATASET_METADATA_INVALID',
      details: { files: ['a/1.jpg', 'b/1.jpg'] },
    });
  });

  it('refuses a folder without the file', async () => {
    await expect(readGroups(root, 'patient', files)).rejects.toMatchObject({
      code: 'DATASET_METADATA_INVALID',
    });
  });
});
