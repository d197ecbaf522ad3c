import { copyFile, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { createImageDecoder } from '@isometry/pixels';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '@isometry/core';
import type { SplitName } from '@isometry/dataset';
import { PIXEL_DEFAULTS } from '../config.ts';
import { loadDataset, type Dataset, type LoadDatasetOptions } from './dataset.ts';

const SPLITS: readonly SplitName[] = ['train', 'validation', 'test'];
const imageBytes = 16 * 16 * 3;

let root = '';
let spillFolder = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-dataset-'));
  spillFolder = await mkdtemp(join(tmpdir(), 'isometry-spill-'));
});
afterEach(async () => {
  await rm(root, { recursive: true, force: true });
  await rm(spillFolder, { recursive: true, force: true });
});

const random = createRandom(1, 'pictures');

/** A PNG of 8 x 8 blocks of noise, like no other. */
async function put(file: string): Promise<void> {
  await mkdir(dirname(join(root, file)), { recursive: true });
  const data = Uint8Array.from({ length: 192 }, () => random.next() * 256);
  await sharp(data, { raw: { width: 8, height: 8, channels: 3 } })
    .resize(16, 16, { kernel: 'nearest' })
    .png()
    .toFile(join(root, file));
}

async function putClasses(count = 10): Promise<void> {
  for (const label of ['a', 'b']) {
    for (let index = 0; index < count; index += 1) await put(`${label}/${index}.png`);
  }
}

function load(options: Partial<LoadDatasetOptions> = {}): Promise<Dataset> {
  return loadDataset(root, {
    pixels: { ...PIXEL_DEFAULTS, width: 16, height: 16 },
    shares: { train: 0.7, validation: 0.1, test: 0.2 },
    seed: 1,
    maxUnreadableShare: 0.2,
    decode: createImageDecoder(),
    spillFolder,
    ...options,
  });
}

function files({ train, validation, test }: Dataset): Record<SplitName, readonly string[]> {
  return { train: train.files, validation: validation.files, test: test.files };
}

describe('loadDataset', () => {
  it('splits, and says where in the store each image is', async () => {
    await putClasses();
    await writeFile(
      join(root, 'a', '3.png'),
      (await readFile(join(root, 'a', '3.png'))).subarray(0, 90),
    );
    const dataset = await load({ maxCacheBytes: 5 * imageBytes });
    expect(dataset.skipped).toMatchObject([{ file: 'a/3.png' }]);
    expect(dataset.store.count).toBe(19);
    expect(dataset.splitCsv.split('\n')).toHaveLength(21);
    const decode = createImageDecoder();
    const stored = new Uint8Array(imageBytes);
    for (const split of SPLITS) {
      const part = dataset[split];
      for (const [position, file] of part.files.entries()) {
        const { pixels } = await decode(await readFile(join(root, file)), {
          ...PIXEL_DEFAULTS,
          width: 16,
          height: 16,
        });
        dataset.store.read(part.images[position] as number, stored);
        expect(stored).toEqual(pixels.data);
        expect(dataset.labels[part.classes[position] as number]).toBe(file[0]);
        expect(dataset.splitCsv).toContain(`${file},${file[0]},,${split}\n`);
      }
    }
    expect(dataset.duplicates).toEqual({ exact: [], near: [] });
    expect(await readdir(spillFolder)).toHaveLength(1);
    dataset.close();
    dataset.close();
    expect(await readdir(spillFolder)).toEqual([]);
  });

  it("repeats a run's split from its split.csv, and an ImageFolder's from its folders", async () => {
    await putClasses();
    const first = await load({ seed: 7 });
    await writeFile(join(root, 'split.csv'), first.splitCsv);
    const again = await load({ seed: 8, list: join(root, 'split.csv') });
    expect(files(again)).toEqual(files(first));
    expect(again.digest).toBe(first.digest);
    const other = await load({ seed: 8 });
    expect(files(other)).not.toEqual(files(first));

    for (const split of SPLITS) {
      for (const file of first[split].files) {
        const to = join(root, 'folders', split, file);
        await mkdir(dirname(to), { recursive: true });
        await copyFile(join(root, file), to);
      }
    }
    root = join(root, 'folders');
    const given = await load({ seed: 9 });
    root = dirname(root);
    for (const split of SPLITS) {
      expect(given[split].files).toEqual(first[split].files.map((file) => `${split}/${file}`));
    }
    for (const each of [first, again, other, given]) each.close();
  });

  it('tests another fold each time', async () => {
    await putClasses();
    const tested: string[] = [];
    for (const fold of [0, 1, 2]) {
      const dataset = await load({ folds: 3, fold });
      tested.push(...dataset.test.files);
      dataset.close();
    }
    expect(tested.sort()).toEqual(
      (await load()).splitCsv
        .split('\n')
        .slice(1, -1)
        .map((row) => row.split(',')[0]),
    );
  });

  it('finds the same photo on two sides, and with two labels', async () => {
    await putClasses();
    await copyFile(join(root, 'a/0.png'), join(root, 'b/copy.png'));
    await sharp(join(root, 'a/1.png')).jpeg({ quality: 95 }).toFile(join(root, 'a/saved.jpg'));
    const rows = ['a/0.png,train', 'b/copy.png,test', 'a/1.png,train', 'a/saved.jpg,validation'];
    for (const file of ['a/2.png', 'b/2.png']) rows.push(`${file},train`);
    for (const file of ['a/3.png', 'b/3.png']) rows.push(`${file},validation`);
    for (const file of ['a/4.png', 'b/4.png']) rows.push(`${file},test`);
    const csv = rows.map((row) => `${row.replace(',', `,${row[0]},`)}\n`).join('');
    await writeFile(join(root, 'list.csv'), `file,label,split\n${csv}`);
    const dataset = await load({ list: join(root, 'list.csv') });
    expect(dataset.duplicates.exact).toMatchObject([{ a: 'a/0.png', b: 'b/copy.png' }]);
    expect(dataset.duplicates.near).toMatchObject([{ a: 'a/1.png', b: 'a/saved.jpg' }]);
    expect(dataset.labelConflicts).toEqual([
      { files: ['a/0.png', 'b/copy.png'], labels: ['a', 'b'] },
    ]);
    dataset.close();
  });

  it('takes images of one pixel', async () => {
    for (const label of ['a', 'b']) {
      for (const index of [1, 2, 3]) {
        await mkdir(join(root, label), { recursive: true });
        await sharp({ create: { width: 1, height: 1, channels: 3, background: 'red' } })
          .png()
          .toFile(join(root, label, `${index}.png`));
      }
    }
    const dataset = await load();
    expect(dataset.store.count).toBe(6);
    expect(dataset.labelConflicts).toHaveLength(1);
    dataset.close();
  });
});

describe('loadDataset refuses', () => {
  it('a class that is too small, a group that leaks and a wrong fold before it decodes anything', async () => {
    await putClasses(3);
    await writeFile(
      join(root, 'metadata.csv'),
      `file_name,patient\n${['a', 'b'].flatMap((label) => [0, 1, 2].map((index) => `${label}/${index}.png,p${index % 2}\n`)).join('')}`,
    );
    const decode = (): never => {
      throw new Error('decoded');
    };
    await expect(load({ decode, group: 'patient' })).rejects.toMatchObject({
      code: 'DATASET_CLASS_TOO_SMALL',
    });
    await expect(load({ decode, folds: 5 })).rejects.toMatchObject({
      code: 'DATASET_CLASS_TOO_SMALL',
    });
    await expect(load({ decode, folds: 1 })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    const list = join(root, 'list.csv');
    await writeFile(list, 'file,label,group,split\na/0.png,a,p,train\nb/0.png,b,p,test\n');
    await expect(load({ decode, list })).rejects.toMatchObject({ code: 'DATASET_GROUP_LEAKS' });
  });

  it('images of which none can be read, and leaves nothing behind', async () => {
    for (const label of ['a', 'b']) {
      await mkdir(join(root, label));
      for (const index of [1, 2, 3]) await writeFile(join(root, label, `${index}.jpg`), 'nothing');
    }
    await expect(load()).rejects.toMatchObject({
      code: 'DATASET_UNREADABLE',
      details: { count: 6, total: 6 },
    });
    await expect(load({ maxUnreadableShare: 1 })).rejects.toMatchObject({
      code: 'DATASET_CLASS_TOO_SMALL',
    });
    expect(await readdir(spillFolder)).toEqual([]);
  });

  it('to go on when it is stopped, or the disk takes nothing, and leaves nothing behind', async () => {
    await putClasses();
    const controller = new AbortController();
    const stopped = load({
      maxCacheBytes: 0,
      signal: controller.signal,
      decode: (bytes, spec) => {
        controller.abort();
        return createImageDecoder()(bytes, spec);
      },
    });
    await expect(stopped).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await readdir(spillFolder)).toEqual([]);
    await expect(
      load({ maxCacheBytes: 0, spillFolder: join(spillFolder, 'absent') }),
    ).rejects.toMatchObject({ code: 'FILE_WRITE_FAILED' });
  });
});
