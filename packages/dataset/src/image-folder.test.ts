import { chmod, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanImageFolder, type ImageFolder } from './image-folder.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-folder-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(...files: readonly string[]): Promise<void> {
  for (const file of files) await write(file, 'x');
}

async function write(file: string, text: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  await writeFile(join(root, file), text);
}

function rows({ files, groups, splits }: ImageFolder): string[] {
  return files.map(({ file, label }) =>
    [file, label, groups?.get(file), splits?.get(file)]
      .filter((value) => value !== undefined)
      .join(),
  );
}

describe('scanImageFolder', () => {
  it('takes labels from folders, in code unit order, and counts what it leaves out', async () => {
    await put('wart/b.JPG', 'wart/a.png', 'wart/deep/er/c.webp', 'Corn/1.jpeg', 'corn/1.jpg');
    await put('wart/notes.txt', 'loose.jpg', 'metadata.csv', 'empty/readme.md', '.cache/1.jpg');
    await put('wart/.DS_Store');
    const folder = await scanImageFolder(root);
    expect(folder.labels).toEqual(['Corn', 'corn', 'wart']);
    expect(folder.files.map(({ file }) => file)).toEqual([
      'Corn/1.jpeg',
      'corn/1.jpg',
      'wart/a.png',
      'wart/b.JPG',
      'wart/deep/er/c.webp',
    ]);
    expect(folder.ignored).toBe(3);
  });

  it('ends on a link that points to its own parent', async () => {
    await put('a/1.jpg', 'b/1.jpg');
    await symlink(join(root, 'a'), join(root, 'a', 'again'));
    const { files } = await scanImageFolder(root);
    expect(files.map(({ file }) => file)).toEqual(['a/1.jpg', 'b/1.jpg']);
  });

  it('refuses a folder that cannot train anything', async () => {
    await expect(scanImageFolder(join(root, 'absent'))).rejects.toMatchObject({
      code: 'FILE_NOT_FOUND',
    });
    await expect(scanImageFolder(root)).rejects.toMatchObject({ code: 'DATASET_EMPTY' });
    await put('only/1.jpg', 'texts/1.txt');
    await expect(scanImageFolder(root)).rejects.toMatchObject({
      code: 'DATASET_TOO_FEW_CLASSES',
      details: { labels: ['only'] },
    });
  });
});

describe('scanImageFolder for a model', () => {
  const labels = ['wart', 'corn', 'bunion'];

  it("keeps the order of the model's classes, whichever the images are of", async () => {
    await put('corn/1.jpg', 'wart/1.jpg', 'wart/2.jpg');
    const some = await scanImageFolder(root, { labels });
    expect(some.labels).toEqual(labels);
    expect(rows(some)).toEqual(['corn/1.jpg,corn', 'wart/1.jpg,wart', 'wart/2.jpg,wart']);
    await rm(join(root, 'corn'), { recursive: true });
    const one = await scanImageFolder(root, { labels });
    expect(one.labels).toEqual(labels);
    expect(rows(one)).toEqual(['wart/1.jpg,wart', 'wart/2.jpg,wart']);
    // A file says what its model's classes are: one class is no error of the images.
    expect((await scanImageFolder(root, { labels: ['wart'] })).labels).toEqual(['wart']);
  });

  it('needs an image all the same', async () => {
    await expect(scanImageFolder(root, { labels })).rejects.toMatchObject({
      code: 'DATASET_EMPTY',
    });
  });

  it('names the labels that the model does not know, how many images have them, and its own', async () => {
    await put('corn/1.jpg', 'Wart/1.jpg', 'mole/1.jpg', 'mole/2.jpg');
    await expect(scanImageFolder(root, { labels })).rejects.toMatchObject({
      code: 'DATASET_METADATA_INVALID',
      message: 'The model does not know 2 labels: "mole" (2 images), "Wart" (1 image).',
      hint: expect.stringContaining('wart, corn, bunion') as string,
      details: {
        unknown: [
          { label: 'mole', count: 2 },
          { label: 'Wart', count: 1 },
        ],
        labels,
      },
    });
    await rm(join(root, 'Wart'), { recursive: true });
    await expect(scanImageFolder(root, { labels })).rejects.toMatchObject({
      message: 'The model does not know the label "mole" (2 images).',
    });
  });

  it('cuts a long list of labels short', async () => {
    await put(...'abcdef'.split('').map((name) => `${name}/1.jpg`));
    const many = Array.from({ length: 21 }, (_, index) => `class ${index}`);
    await expect(scanImageFolder(root, { labels: many })).rejects.toMatchObject({
      message: expect.stringMatching(
        /^The model does not know 6 labels: .*"e" \(1 image\), …\.$/u,
      ) as string,
      hint: expect.stringContaining('class 19, …:') as string,
    });
  });

  it('goes by the labels of a column and of a list as by those of folders', async () => {
    await put('one/1.jpg', 'one/2.jpg');
    await write('metadata.csv', 'file_name,dx\n1.jpg,wart\n2.jpg,mole\n');
    await expect(scanImageFolder(root, { label: 'dx', labels })).rejects.toThrow(/"mole"/u);
    await expect(scanImageFolder(root, { labels })).rejects.toThrow(/"one" \(2 images\)/u);
    await write('list.csv', 'file,label\none/1.jpg,wart\n');
    const folder = await scanImageFolder(root, { list: join(root, 'list.csv'), labels });
    expect(rows(folder)).toEqual(['one/1.jpg,wart']);
  });
});

describe("scanImageFolder's metadata", () => {
  const csv = 'file_name,dx,lesion\n1.jpg,mel,L1\n2.jpg,bkl,L2\n3.jpg,mel,L1\n4.jpg,mel,L3\n';

  it('gives labels and groups to images in any folder', async () => {
    await put('one/1.jpg', 'one/2.jpg', 'two/deep/3.jpg', '4.jpg', 'notes.txt');
    await write('metadata.csv', csv);
    const folder = await scanImageFolder(root, { label: 'dx', group: 'lesion' });
    expect(folder.labels).toEqual(['bkl', 'mel']);
    expect(rows(folder)).toEqual([
      '4.jpg,mel,L3',
      'one/1.jpg,mel,L1',
      'one/2.jpg,bkl,L2',
      'two/deep/3.jpg,mel,L1',
    ]);
    expect(folder.ignored).toBe(1);
  });

  it('is found by its column "label" where there are no class folders', async () => {
    await put('1.jpg', '2.jpg');
    await write(
      'metadata.jsonl',
      '{"file_name":"1.jpg","label":0}\n{"file_name":"2.jpg","label":1}\n',
    );
    expect(rows(await scanImageFolder(root))).toEqual(['1.jpg,0', '2.jpg,1']);
    await rm(join(root, 'metadata.jsonl'));
    await expect(scanImageFolder(root)).rejects.toMatchObject({
      code: 'DATASET_EMPTY',
      message: expect.stringContaining('2 images') as string,
    });
    await expect(scanImageFolder(root, { label: 'label' })).rejects.toMatchObject({
      code: 'DATASET_METADATA_INVALID',
    });
  });

  it('names the images that it has no row for', async () => {
    await put('1.jpg', '2.jpg', '5.jpg');
    await write('metadata.csv', csv);
    await expect(scanImageFolder(root, { label: 'dx' })).rejects.toMatchObject({
      code: 'DATASET_METADATA_INVALID',
      details: { files: ['5.jpg'], count: 1 },
    });
    await expect(scanImageFolder(root, { label: 'site' })).rejects.toMatchObject({
      code: 'DATASET_METADATA_INVALID',
      hint: 'It has: file_name, dx, lesion.',
    });
  });
});

describe('scanImageFolder with splits', () => {
  it('keeps those of a Hugging Face ImageFolder', async () => {
    await put('train/a/1.jpg', 'train/b/1.jpg', 'valid/a/1.jpg', 'test/b/2.jpg', 'banner.png');
    expect(rows(await scanImageFolder(root))).toEqual([
      'test/b/2.jpg,b,test',
      'train/a/1.jpg,a,train',
      'train/b/1.jpg,b,train',
      'valid/a/1.jpg,a,validation',
    ]);
  });

  it('reads the metadata of each split, or that of all', async () => {
    await put('train/1.jpg', 'train/2.jpg', 'test/1.jpg');
    await write('train/metadata.csv', 'file_name,label,patient\n1.jpg,x,p1\n2.jpg,y,p2\n');
    await write('test/metadata.jsonl', '{"file_name":"1.jpg","label":"x","patient":"p3"}');
    const expected = ['test/1.jpg,x,p3,test', 'train/1.jpg,x,p1,train', 'train/2.jpg,y,p2,train'];
    const folder = await scanImageFolder(root, { group: 'patient' });
    expect(rows(folder).sort()).toEqual(expected);
    expect(folder.ignored).toBe(0);
    await rm(join(root, 'test/metadata.jsonl'));
    await write('metadata.csv', 'file_name,label,patient\ntest/1.jpg,x,p3\n');
    expect(rows(await scanImageFolder(root, { group: 'patient' })).sort()).toEqual(expected);
  });

  it('refuses a group on two sides', async () => {
    await put('train/a/1.jpg', 'train/b/2.jpg', 'test/a/3.jpg', 'test/b/4.jpg');
    await write('metadata.csv', 'file_name,patient\n1.jpg,p1\n2.jpg,p2\n3.jpg,p2\n4.jpg,p4\n');
    await expect(scanImageFolder(root, { group: 'patient' })).rejects.toMatchObject({
      code: 'DATASET_GROUP_LEAKS',
      details: { count: 1, groups: [{ group: 'p2', files: ['test/a/3.jpg', 'train/b/2.jpg'] }] },
    });
  });

  it('takes classes for classes', async () => {
    await put('train/1.jpg', 'bus/1.jpg', 'test/1.jpg');
    const folder = await scanImageFolder(root);
    expect(folder.labels).toEqual(['bus', 'test', 'train']);
    expect(folder.splits).toBeUndefined();
  });
});

describe('scanImageFolder with a list', () => {
  it('takes what the list says, relative to the folder or to the list', async () => {
    await put('a/1.jpg', 'a/2.jpg', 'b/3.jpg', 'b/4.jpg');
    await write(
      'lists/list.csv',
      '\uFEFFfile,label,group,split\r\na/1.jpg,x,p1,train\r\n../a/2.jpg,y,p2,val\r\nb\\3.jpg,x,p3,TEST\r\na/1.jpg,x,p1,train\r\n',
    );
    const folder = await scanImageFolder(root, { list: join(root, 'lists/list.csv') });
    expect(rows(folder)).toEqual([
      'a/1.jpg,x,p1,train',
      'a/2.jpg,y,p2,validation',
      'b/3.jpg,x,p3,test',
    ]);
    expect(folder.ignored).toBe(2);
  });

  it.skipIf(process.platform === 'win32')('finds a file whose name holds a backslash', async () => {
    await put('a\\b/1.jpg', 'c/2.jpg');
    await write('list.csv', 'file,label\na\\b/1.jpg,x\nc\\2.jpg,y\n');
    const folder = await scanImageFolder(root, { list: join(root, 'list.csv') });
    expect(rows(folder)).toEqual(['a\\b/1.jpg,x', 'c/2.jpg,y']);
  });

  it('has columns of other names when it is told to, and none that are empty', async () => {
    await put('1.jpg', '2.jpg');
    await write('list.csv', 'file,dx,lesion,group,split\n1.jpg,x,L1,,\n2.jpg,y,L2,,\n');
    const list = join(root, 'list.csv');
    expect(rows(await scanImageFolder(root, { list, label: 'dx', group: 'lesion' }))).toEqual([
      '1.jpg,x,L1',
      '2.jpg,y,L2',
    ]);
    const { groups, splits } = await scanImageFolder(root, { list, label: 'dx' });
    expect([groups, splits]).toEqual([undefined, undefined]);
  });

  it.each([
    ['no column for the file', 'path,label\n1.jpg,x\n', /no column "file"/],
    ['no labels', 'file,dx\n1.jpg,x\n', /no column "label"/],
    [
      'an empty label',
      'file,label\n1.jpg,x\n2.jpg,\n',
      /no "label" for 1 of 2 images, e\.g\. 2\.jpg/,
    ],
    ['files that are not there', 'file,label\n1.jpg,x\n9.jpg,y\n', /1 of 2 files .* 9\.jpg/],
    ['two rows that differ', 'file,label\n1.jpg,x\n./1.jpg,y\n', /two rows for "1\.jpg"/],
    ['half of the groups', 'file,label,group\n1.jpg,x,p\n2.jpg,y,\n', /no "group" for 1 of 2/],
    ['another split', 'file,label,split\n1.jpg,x,train\n2.jpg,y,holdout\n', /"holdout"/],
    ['a way out', 'file,label\n1.jpg,x\n../../../etc/hosts,y\n', /outside/],
    ['another way out', 'file,label\n1.jpg,x\n/etc/hosts,y\n', /outside/],
    ['a third way out', 'file,label\n1.jpg,x\n"a\0/../../x",y\n', /outside/],
    ['a folder', 'file,label\n1.jpg,x\nfolder,y\n', /not there/],
    ['prototypes', 'file,label,__proto__,constructor\n1.jpg,x,1,2\n__proto__,y,1,2\n', /not there/],
  ])('refuses %s', async (_, text, message) => {
    await put('1.jpg', '2.jpg', 'folder/3.jpg');
    await write('list.csv', text);
    await expect(scanImageFolder(root, { list: join(root, 'list.csv') })).rejects.toMatchObject({
      code: 'DATASET_METADATA_INVALID',
      message: expect.stringMatching(message) as string,
    });
  });

  it('refuses a list that is not there, and a folder that may not be read', async () => {
    await put('a/1.jpg', 'b/2.jpg');
    await expect(scanImageFolder(root, { list: join(root, 'no.csv') })).rejects.toMatchObject({
      code: 'DATASET_METADATA_INVALID',
    });
    // Root may read everything, and Windows knows no such mode.
    if (process.getuid?.() === 0 || process.platform === 'win32') return;
    await chmod(join(root, 'a'), 0);
    await expect(scanImageFolder(root)).rejects.toMatchObject({ code: 'FILE_READ_FAILED' });
    await chmod(join(root, 'a'), 0o700);
  });
});
