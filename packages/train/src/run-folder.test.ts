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
    await writeFile(join(out, 'config.json.part'), '{"dat');
    expect(await inspectOut(out)).toBe('nothing');
    await writeFile(join(out, 'config.json'), '{"dataDigest":"a"}');
    expect(await inspectOut(out)).toBe('unfinished-run');
    await writeFile(join(out, 'run.json'), '{"manifest":{}}');
    expect(await inspectOut(out)).toBe('run');

    await mkdir(join(root, 'letters'));
    await writeFile(join(root, 'letters', 'dear.txt'), 'dear');
    await mkdir(join(root, 'model'));
    await writeFile(join(root, 'model', 'config.json'), '{"model_type":"vit"}');
    for (const other of ['letters', join('letters', 'dear.txt'), 'model']) {
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

  it('leaves a run, and none of its checkpoints, when it is stopped half-way', async () => {
    const out = join(root, 'run');
    await createRunFolder(out, { 'config.json': '{"dataDigest":"old"}' }, 1000);
    await writeFile(join(out, 'checkpoints', 'last.safetensors'), 'old');
    await writeFile(join(out, 'run.json'), '{"manifest":{}}');
    // A folder where the new config is to be written stops it there.
    await mkdir(join(out, 'config.json.part'));
    await expect(
      createRunFolder(out, { 'config.json': '{"dataDigest":"new"}' }, 1000),
    ).rejects.toMatchObject({ code: 'FILE_WRITE_FAILED' });
    expect((await readdir(out)).sort()).toEqual(['config.json', 'config.json.part']);
    expect(await inspectOut(out)).toBe('unfinished-run');
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
