import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { assertOutside } from './assert-outside.ts';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-outside-'));
  await mkdir(join(root, 'photos', 'wart'), { recursive: true });
  await mkdir(join(root, '..and', 'on'), { recursive: true });
  await symlink(join(root, 'photos'), join(root, 'link'), 'junction');
});
afterAll(() => rm(root, { recursive: true, force: true }));

const check = (out: string, images = 'photos'): Promise<void> =>
  assertOutside(join(root, out), join(root, images), 'out');

describe('assertOutside', () => {
  it.each([
    ['the folder itself', 'photos', 'photos'],
    ['a class', 'photos/wart', 'photos'],
    ['a folder that is not there yet', 'photos/reports/one', 'photos'],
    ['a way around', 'other/../photos/report', 'photos'],
    ['a name that begins with dots', 'photos/..report', 'photos'],
    ['a link to the images', 'link/report', 'photos'],
    ['images behind a link', 'photos/report', 'link'],
    ['images that are not there', 'nowhere/report', 'nowhere'],
  ])('refuses %s', async (_, out, images) => {
    await expect(check(out, images)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      hint: expect.stringContaining('beside it with --out') as string,
      details: { option: 'out' },
    });
  });

  it.each([
    ['beside', 'report', 'photos'],
    ['above', '.', 'photos'],
    ['of a name that begins as the images', 'photos-report', 'photos'],
    ['of a name that begins with dots', '..and/report', '..and/on'],
  ])('lets a folder pass that lies %s', async (_, out, images) => {
    await expect(check(out, images)).resolves.toBeUndefined();
  });

  it('takes relative paths from the working folder', async () => {
    const images = relative(process.cwd(), join(root, 'photos'));
    await expect(assertOutside(join(images, 'report'), images, 'out')).rejects.toThrowError(
      'lies inside the folder of images',
    );
    await expect(assertOutside('report', images, 'out')).resolves.toBeUndefined();
  });
});
