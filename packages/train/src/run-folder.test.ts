import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertRoom, createRunFolder, inspectOut, readRunConfig } from './run-folder.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-run-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('inspectOut', () => {
  it('tells nothing, an unfinished run and a run apart, and refuses anything else', async () => {
    const out = join(root, 'deep', 'run');
    expect(await inspectOut(out)).toBe('nothing');
    await mkdir(out);
    expect(await inspectOut(out)).toBe('nothing');
    await writeFile(join(out, 'config.json'), '{}');
    expect(await inspectOut(out)).toBe('unfinished-run');
    await writeFile(join(out, 'run.json'), '{}');
    expect(await inspectOut(out)).toBe('run');

    await mkdir(join(root, 'letters'));
    await writeFile(join(root, 'letters', 'dear.txt'), 'dear');
    for (const other of ['letters', join('letters', 'dear.txt')]) {
      await expect(inspectOut(join(root, other))).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    }
  });

  it('says at once that a folder cannot be made', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(inspectOut(join(root, 'file', 'run'))).rejects.toMatchObject({
      code: 'FILE_WRITE_FAILED',
    });
  });
});

describe('createRunFolder', () => {
  it('replaces an old run and writes what is known', async () => {
    const out = join(root, 'run');
    await mkdir(out);
    await writeFile(join(out, 'weights.bin'), 'old');
    await createRunFolder(out, { 'config.json': '{"a":1}' }, 1000);
    expect((await readdir(out)).sort()).toEqual(['checkpoints', 'config.json']);
    expect(await readRunConfig(out)).toEqual({ a: 1 });
  });

  it('leaves the old run where the disk is too small for the new one', async () => {
    const out = join(root, 'run');
    await mkdir(out);
    await writeFile(join(out, 'weights.bin'), 'old');
    await expect(createRunFolder(out, {}, 1e18)).rejects.toMatchObject({
      code: 'FILE_WRITE_FAILED',
      details: { neededBytes: 1e18 },
    });
    expect(await readdir(out)).toEqual(['weights.bin']);
  });
});

it('compares with the room that the disk really has', async () => {
  await expect(assertRoom(root, 1)).resolves.toBeUndefined();
});
