import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { hostname as hostName } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createFakeMachine, type FakeMachine } from './fake-machine.case.ts';
import type { SetupResult } from './setup-options.ts';
import { setupTrain } from './setup-train.ts';

const LIBRARY = 'tensorflow-2.15.1-cpu';
const ADDON = `addons/tfjs-node-4.22.0-${LIBRARY}`;
const isLinuxX64 = process.platform === 'linux' && process.arch === 'x64';

// The plan is Linux x64's; elsewhere tfjs-node's own script does the work.
describe.runIf(isLinuxX64)('setupTrain', () => {
  let machine: FakeMachine;
  beforeEach(async () => {
    machine = await createFakeMachine();
  });
  afterEach(() => machine.discard());

  const setUp = (signal?: AbortSignal): Promise<SetupResult> =>
    setupTrain({ cwd: machine.project, env: machine.env, signal });
  const verbs = async (): Promise<readonly string[]> =>
    (await machine.calls()).map((line) => line.split(' ')[0] ?? '');
  const library = (name: string): string => join(machine.cache, LIBRARY, 'tensorflow', name);

  it('downloads, compiles and verifies, and has nothing to do the second time', async () => {
    const ready = { status: 'ready', detail: 'TensorFlow 2.15.1 trains' };
    expect(await setUp()).toEqual(ready);
    expect(await verbs()).toEqual(['download', 'unpack', 'compile']);
    expect(await setUp()).toEqual(ready);
    expect(await verbs()).toHaveLength(3);
    // No wheel, partial folder or lock is left.
    expect((await readdir(machine.cache, { recursive: true })).toSorted()).toEqual([
      'addons',
      ADDON,
      `${ADDON}/tfjs_binding.node`,
      'locks',
      LIBRARY,
      `${LIBRARY}/tensorflow`,
      `${LIBRARY}/tensorflow/include`,
      `${LIBRARY}/tensorflow/include/tensorflow`,
      `${LIBRARY}/tensorflow/include/tensorflow/c`,
      `${LIBRARY}/tensorflow/include/tensorflow/c/c_api.h`,
      `${LIBRARY}/tensorflow/libtensorflow_cc.so.2`,
      `${LIBRARY}/tensorflow/libtensorflow_framework.so.2`,
    ]);
  });

  it('serves a second project from the cache alone', async () => {
    await setUp();
    await rm(join(machine.tfjsNode, 'deps'), { recursive: true });
    await rm(join(machine.tfjsNode, 'lib'), { recursive: true });
    expect(await setUp()).toMatchObject({ status: 'ready' });
    expect(await verbs()).toHaveLength(3);
  });

  it('repairs links whose cache is gone', async () => {
    await setUp();
    await rm(machine.cache, { recursive: true });
    expect(await setUp()).toMatchObject({ status: 'ready' });
    expect((await verbs()).slice(3)).toEqual(['download', 'unpack', 'compile']);
  });

  it('compiles a damaged addon anew, and keeps the libraries', async () => {
    await setUp();
    await writeFile(join(machine.cache, ADDON, 'tfjs_binding.node'), 'junk');
    await rm(join(machine.tfjsNode, 'lib'), { recursive: true });
    expect(await setUp()).toMatchObject({ status: 'ready' });
    expect((await verbs()).slice(3)).toEqual(['compile']);
  });

  it('downloads damaged libraries anew', async () => {
    await setUp();
    await writeFile(library('libtensorflow_cc.so.2'), 'half');
    expect(await setUp()).toMatchObject({ status: 'ready' });
    expect((await verbs()).slice(3)).toEqual(['compile', 'download', 'unpack', 'compile']);
  });

  it('completes a cache that lacks a file, and removes what a killed run left', async () => {
    await mkdir(join(machine.cache, LIBRARY, 'tensorflow'), { recursive: true });
    await writeFile(library('libtensorflow_cc.so.2'), 'good');
    await mkdir(join(machine.cache, `.partial-${LIBRARY}-abc`));
    await mkdir(join(machine.cache, 'locks'));
    // A process id that no process can have.
    await writeFile(join(machine.cache, 'locks', LIBRARY), `${hostName()} 4194305 x\n`);
    expect(await setUp()).toMatchObject({ status: 'ready' });
    expect((await readdir(machine.cache)).toSorted()).toEqual(['addons', 'locks', LIBRARY]);
  });

  it('lets two set-ups share one download', async () => {
    const both = await Promise.all([setUp(), setUp()]);
    expect(both).toMatchObject([{ status: 'ready' }, { status: 'ready' }]);
    expect((await verbs()).filter((verb) => verb === 'download')).toHaveLength(1);
  });

  it('asks for a compiler before the download', async () => {
    await machine.remove('g++');
    await expect(setUp()).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      message: 'There is no C++ compiler (g++ or clang++).',
      hint: expect.stringContaining('apt-get install -y g++') as string,
    });
    expect(await verbs()).toEqual([]);
  });

  it('asks for Python with pip', async () => {
    await machine.program(
      'python3',
      '#!/bin/sh\ncase "$*" in *version_info*) echo 3 11;; *) exit 1;; esac\n',
    );
    await expect(setUp()).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      hint: expect.stringContaining('python3-pip') as string,
    });
  });

  it('says that the index cannot be reached, and leaves nothing half-made', async () => {
    await machine.program(
      'python3',
      `#!/bin/sh
case "$*" in
  *version_info*) echo 3 11 ;;
  *'pip --version'*) echo pip ;;
  *) echo 'WARNING: NewConnectionError: Network is unreachable' >&2
     echo 'ERROR: No matching distribution found for tensorflow-cpu==2.15.1' >&2; exit 1 ;;
esac
`,
    );
    await expect(setUp()).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      message: 'pip download failed: the Python package index cannot be reached.',
    });
    expect(await readdir(machine.cache)).toEqual(['locks']);
  });

  it('stops on abort, and leaves nothing half-made', async () => {
    const controller = new AbortController();
    await machine.program(
      'python3',
      `#!/bin/sh
case "$*" in *version_info*) echo 3 11 ;; *'pip --version'*) echo pip ;; *) exec /bin/sleep 20 ;; esac
`,
    );
    const running = setUp(controller.signal);
    setTimeout(() => controller.abort(), 600);
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    expect(
      (await readdir(machine.cache).catch(() => ['locks'])).filter((n) => n !== 'locks'),
    ).toEqual([]);
  });

  it('names the package that is not installed', async () => {
    // Found from the cli's own place in this workspace otherwise.
    await expect(
      setupTrain({ cwd: machine.project, env: machine.env, gpu: true }),
    ).rejects.toMatchObject({
      code: 'SETUP_FAILED',
      message: '@tensorflow/tfjs-node-gpu is not installed here.',
      hint: 'Run `npm install --ignore-scripts @tensorflow/tfjs-node-gpu` first.',
    });
  });
});
