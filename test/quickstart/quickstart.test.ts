import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSyntheticImages } from '../../scripts/synthetic-images.mjs';
import { chromiumPath, NO_CHROMIUM } from '../chromium.ts';

const SCRIPT = fileURLToPath(new URL('../../scripts/quickstart.mjs', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quickstart-'));
});
afterAll(() => rm(folder, { recursive: true }));

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function quickstart(...args: string[]): Promise<Ended> {
  const running = promisify(execFile)(process.execPath, [SCRIPT, ...args], { cwd: folder });
  return running.then(
    (output) => ({ code: 0, ...output }),
    (error: Ended) => error,
  );
}

describe('npm run quickstart', () => {
  it('says what is wrong with its options before it does anything', async () => {
    const group = await quickstart('--group', 'patient');
    expect(group).toMatchObject({ code: 2, stdout: '' });
    expect(group.stderr).toContain('--group needs --images');
    const missing = await quickstart('--images', 'nowhere');
    expect(missing).toMatchObject({ code: 2, stdout: '' });
    expect(missing.stderr).toContain('there is no such folder');
    expect(await quickstart('--imgaes', 'x')).toMatchObject({ code: 2, stdout: '' });
    expect((await quickstart('--help')).stdout).toContain('--images DIR');
    expect(await readdir(folder)).toEqual([]);
  });

  it(
    "classifies a folder's held-out pictures alike on five runtimes",
    { timeout: 300_000 },
    async (context) => {
      context.skip(chromiumPath() === undefined, NO_CHROMIUM);
      const images = join(folder, 'my photos');
      await makeSyntheticImages({
        out: images,
        seed: 5,
        counts: { corn: 10, 'normal skin': 14, wart: 14 },
        size: 72,
      });
      const ended = await quickstart('--images', images, '--group', 'patient', '--out', 'made');
      expect(ended.stderr.toLowerCase()).not.toContain('error');
      expect(ended.code).toBe(0);
      expect(ended.stdout).toMatch(/Test accuracy .* % \(95 % interval .* to .*;/);
      const rows = ended.stdout.split('\n').filter((line) => / {2}\d+ of \d+ {2}/.test(line));
      expect(rows).toHaveLength(10);
      for (const row of rows) expect(row).toMatch(/ \/ \S+ +equal +(\d+) of \1 /);
      const exact = rows.filter((row) => /(wasm|workerd) \/ (\S*wasm|workerd) /.test(row));
      expect(exact).toHaveLength(3);
      for (const row of exact) expect(row).toMatch(/ 0 +0 +equal$/);
      expect(await readdir(join(folder, 'made', 'model'))).toContain('onnx');
      // What it says to type next works as it stands, paths with spaces included.
      const next = /^ {2}npx isometry (classify .*)$/mu.exec(ended.stdout)?.[1];
      const bin = fileURLToPath(new URL('../../packages/cli/bin/isometry.js', import.meta.url));
      const command = `"${process.execPath}" "${bin}" ${next}`;
      const typed = await promisify(execFile)('sh', ['-c', command], { cwd: folder });
      expect(typed.stdout).toContain('my photos/');
      const port = /isometry serve .* --port (\d+)$/mu.exec(ended.stdout)?.[1];
      expect(ended.stdout).toMatch(
        new RegExp(
          `curl .*image/jpeg.* @'my photos/.*' http://127\\.0\\.0\\.1:${port}/v1/classify`,
        ),
      );
    },
  );

  it('passes on what training says of an empty folder', { timeout: 120_000 }, async () => {
    await mkdir(join(folder, 'empty'));
    const ended = await quickstart('--images', join(folder, 'empty'), '--out', 'none');
    expect(ended.code).toBe(4);
    expect(ended.stderr).toContain('DATASET_EMPTY');
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(await readdir(join(folder, 'none'))).toEqual(['.isometry-quickstart']);
  });

  it('replaces nothing in a folder that is not its own', async () => {
    const mine = join(folder, 'mine', 'images');
    await mkdir(mine, { recursive: true });
    await writeFile(join(mine, 'photo.txt'), 'keep');
    const ended = await quickstart('--out', 'mine');
    expect(ended).toMatchObject({ code: 2, stdout: '' });
    expect(ended.stderr).toContain('holds other things');
    expect(await readFile(join(mine, 'photo.txt'), 'utf8')).toBe('keep');
    expect(await quickstart('--out', join(mine, 'photo.txt'))).toMatchObject({ code: 2 });
  });
});
