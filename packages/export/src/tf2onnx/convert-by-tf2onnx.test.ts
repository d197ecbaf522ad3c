import { readFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Progress } from '@isometry/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  convertByTf2onnx,
  type ConvertByTf2onnxOptions,
  type Tf2onnxModel,
} from './convert-by-tf2onnx.ts';
import { findTf2onnx } from './find-tf2onnx.ts';
import { formatVersions } from './tf2onnx-versions.ts';

const isWindows = process.platform === 'win32';

/** Shell scripts in Python's place. They get `-I -X utf8 SCRIPT COMMAND …`; what they print is the script's. */
describe.skipIf(isWindows)('convertByTf2onnx', () => {
  let root: string;
  let scratch: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'isometry-fake-python-'));
    scratch = join(root, 'scratch');
    await mkdir(scratch);
    vi.stubEnv('TMPDIR', scratch);
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(root, { recursive: true });
  });

  async function program(script: string): Promise<string> {
    const path = join(root, 'python');
    await writeFile(path, `#!/bin/sh\n${script}\n`);
    await chmod(path, 0o755);
    return path;
  }

  async function convert(
    script: string,
    options: Partial<ConvertByTf2onnxOptions> = {},
  ): Promise<Tf2onnxModel> {
    return convertByTf2onnx(join(root, 'model.json'), {
      python: await program(script),
      ...options,
    });
  }

  /** Which of the processes whose numbers lie in a file still run; Linux keeps the number of a dead orphan for init. */
  async function living(file: string): Promise<number[]> {
    const pids = (await readFile(join(root, file), 'utf8')).trim().split('\n').map(Number);
    expect(pids.length).toBeGreaterThan(1);
    return pids.filter((pid) => {
      try {
        process.kill(pid, 0);
        return (
          process.platform !== 'linux' ||
          !/\) [ZX] /u.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
        );
      } catch {
        return false;
      }
    });
  }

  async function exists(file: string): Promise<void> {
    const isThere = (): Promise<boolean> =>
      readFile(join(root, file), 'utf8').then(
        (text) => text.split('\n').length > 2,
        () => false,
      );
    // oxlint-disable-next-line no-await-in-loop
    while (!(await isThere())) await sleep(10);
  }

  /** Starts a child of its own, writes both numbers down, and never ends. */
  const endless = (before = ''): string =>
    `${before}\nsleep 600 &\nprintf '%s\\n' $$ $! > "${root}/pids.new"; mv "${root}/pids.new" "${root}/pids"\nwait; wait; wait`;

  it('says in one line that there is no Python, and what to type', async () => {
    const missing = convertByTf2onnx('model.json', { python: undefined });
    await expect(missing).rejects.toMatchObject({
      code: 'CONVERTER_UNAVAILABLE',
      message: 'There is no Python with tf2onnx.',
      details: { failure: 'python-missing' },
    });
    await expect(findTf2onnx({ python: undefined })).rejects.toMatchObject({
      hint: expect.stringContaining('isometry setup judges') as string,
    });
    expect(await readdir(scratch)).toEqual([]);
  });

  it.each([
    ['is not there', () => Promise.resolve(join(root, 'nowhere'))],
    ['is no program', async () => (await writeFile(join(root, 'text'), 'x'), join(root, 'text'))],
    ['is a folder', () => Promise.resolve(root)],
  ])('says so where Python %s', async (_, make) => {
    const python = await make();
    await expect(convertByTf2onnx('model.json', { python })).rejects.toMatchObject({
      code: 'CONVERTER_UNAVAILABLE',
      message: `${python} cannot be started.`,
    });
    expect(await readdir(scratch)).toEqual([]);
  });

  it('asks for the versions without a conversion', async () => {
    const versions = { python: '3.11.7', tf2onnx: '1.17.0', tensorflow: '2.15.1' };
    const python = await program(
      `[ "$5" = versions ] && echo '${JSON.stringify({ result: versions })}'`,
    );
    const found = await findTf2onnx({ python });
    expect(found).toEqual(versions);
    expect(formatVersions(found)).toBe('tf2onnx 1.17.0, TensorFlow 2.15.1, Python 3.11.7');
  });

  it('hands over what is asked for, and tells the stages', async () => {
    const stages: Progress[] = [];
    const failing = convert(
      `printf '%s' "$6" > "${root}/request"; echo noise; echo '{"stage":"check","versions":{}}'; printf '{"stage":'; sleep 0.1; echo '"keras"}'; exit 3`,
      {
        layers: ['a', 'b/c'],
        inputSize: { height: 64, width: 32 },
        onProgress: (progress) => stages.push(progress),
      },
    );
    await expect(failing).rejects.toMatchObject({
      code: 'CONVERTER_FAILED',
      message: 'tf2onnx failed (exit code 3).',
    });
    expect(stages).toEqual([
      { stage: 'check', done: 0, total: 6 },
      { stage: 'keras', done: 3, total: 6 },
    ]);
    const request = JSON.parse(await readFile(join(root, 'request'), 'utf8')) as { folder: string };
    expect(request).toMatchObject({
      model: join(root, 'model.json'),
      opset: 17,
      layers: ['a', 'b/c'],
      size: [64, 32],
    });
    expect(request.folder.startsWith(scratch)).toBe(true);
    expect(await readdir(scratch)).toEqual([]);
  });

  it.each([
    [
      'a refusal',
      `echo '{"problem":"numpy-version","message":"numPy 2 is there"}'; exit 1`,
      'numpy-version',
    ],
    [
      'an error of a library',
      `echo "ModuleNotFoundError: No module named 'tf2onnx'" >&2; exit 1`,
      'module-missing',
    ],
    ['a machine out of memory', 'kill -9 $$', 'out-of-memory'],
    ['somebody else', 'kill -15 $$', 'killed'],
    ['silence', 'exit 0', 'unknown'],
    ['a result without a file', `echo '{"result":{"inputs":[],"outputs":[]}}'`, 'unknown'],
    ['a result that is none', `echo '{"result":{"inputs":7}}'`, 'unknown'],
    ['an answer without an end', `head -c 3000000 /dev/zero | tr '\\0' '['; exit 1`, 'unknown'],
  ])('removes its files after %s', async (_, script, failure) => {
    const litter = `TMP="$TMPDIR"; mkdir -p "$TMP/saved_model"; echo x > "$TMP/saved_model/x"`;
    await expect(convert(`${litter}; ${script}`)).rejects.toMatchObject({ details: { failure } });
    expect(await readdir(scratch)).toEqual([]);
  });

  it('refuses a file that is not ONNX', async () => {
    const result = { result: { inputs: [], outputs: [] } };
    const script = `printf 'garbage' > "$TMPDIR/model.onnx"; echo '${JSON.stringify(result)}'`;
    await expect(convert(script)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
    expect(await readdir(scratch)).toEqual([]);
  });

  it('stops after its time, with all that it started', async () => {
    const late = convert(endless(), { timeoutMs: 300 });
    await expect(late).rejects.toMatchObject({
      code: 'CONVERTER_FAILED',
      message: 'tf2onnx was not done after 0.3 seconds and was stopped.',
      details: { failure: 'timed-out' },
    });
    expect(await living('pids')).toEqual([]);
    expect(await readdir(scratch)).toEqual([]);
  });

  it('kills what does not hear that it should stop', async () => {
    const started = performance.now();
    const late = convert(endless(`trap '' TERM`), { timeoutMs: 300 });
    await expect(late).rejects.toMatchObject({ details: { failure: 'timed-out' } });
    // Two seconds to hear it. `sleep` inherits deafness too.
    expect(performance.now() - started).toBeGreaterThan(2_000);
    expect(await living('pids')).toEqual([]);
    expect(await readdir(scratch)).toEqual([]);
  });

  it.each([
    ['', 2_000],
    [`trap '' TERM`, 10_000],
  ])('stops on abort, having been set up with "%s"', async (before, withinMs) => {
    const controller = new AbortController();
    const aborted = convert(endless(before), { signal: controller.signal });
    await Promise.race([exists('pids'), aborted]);
    const started = performance.now();
    controller.abort(new Error('enough'));
    await expect(aborted).rejects.toMatchObject({ code: 'ABORTED', cause: { message: 'enough' } });
    expect(performance.now() - started).toBeLessThan(withinMs);
    expect(await living('pids')).toEqual([]);
    expect(await readdir(scratch)).toEqual([]);
  });

  it('starts nothing once aborted', async () => {
    const script = `touch "${root}/started"`;
    const signal = AbortSignal.abort();
    await expect(convert(script, { signal })).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await readdir(root)).not.toContain('started');
    expect(await readdir(scratch)).toEqual([]);
  });

  it('does not wait for a grandchild that holds the pipes and left the group', async () => {
    const script = `setsid sh -c 'echo $$ > "${root}/left"; sleep 30' &\nsleep 0.3; exit 1`;
    const started = performance.now();
    await expect(convert(script)).rejects.toMatchObject({ details: { failure: 'unknown' } });
    expect(performance.now() - started).toBeLessThan(10_000);
    process.kill(Number(await readFile(join(root, 'left'), 'utf8')), 'SIGKILL');
  });

  it('says so where no folder can be made', async () => {
    vi.stubEnv('TMPDIR', join(root, 'absent'));
    await expect(convert('exit 0')).rejects.toMatchObject({ code: 'FILE_WRITE_FAILED' });
  });
});
