import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { scanImageFolder } from './image-folder.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-folder-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

async function put(...files: readonly string[]): Promise<void> {
  for (const file of files) {
    await mkdir(dirname(join(root, file)), { recursive: true });
    await writeFile(join(root, file), 'x');
  }
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
