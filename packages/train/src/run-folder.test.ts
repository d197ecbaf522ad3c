import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRunFolder } from './run-folder.ts';

let root = '';
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'isometry-run-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

describe('createRunFolder', () => {
  it('leaves nothing when it is discarded', async () => {
    const run = await createRunFolder(join(root, 'deep', 'run'), false);
    expect(await readdir(join(root, 'deep'))).toHaveLength(1);
    await run.discard();
    expect(await readdir(join(root, 'deep'))).toEqual([]);
  });

  it('takes an empty folder', async () => {
    await mkdir(join(root, 'run'));
    const run = await createRunFolder(join(root, 'run'), false);
    await run.discard();
    expect(await readdir(root)).toEqual(['run']);
  });

  it('replaces a run only when it is told to, and nothing else ever', async () => {
    const out = join(root, 'run');
    await mkdir(out);
    await writeFile(join(out, 'run.json'), '{}');
    await expect(createRunFolder(out, false)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    const run = await createRunFolder(out, true);
    await run.discard();
    expect(await readFile(join(out, 'run.json'), 'utf8')).toBe('{}');

    await rm(join(out, 'run.json'));
    await writeFile(join(out, 'letters.txt'), 'dear');
    await expect(createRunFolder(out, true)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
    await expect(createRunFolder(join(out, 'letters.txt'), true)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    });
  });

  it('says what keeps it from writing', async () => {
    await writeFile(join(root, 'file'), '');
    await expect(createRunFolder(join(root, 'file', 'run'), false)).rejects.toMatchObject({
      code: 'FILE_WRITE_FAILED',
    });
  });
});
