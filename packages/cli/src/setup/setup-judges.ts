import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IsometryError } from '@isometry/core';
import { cacheFolder } from './cache-folder.ts';
import { withCacheLock } from './cache-lock.ts';
import { assertFreeSpace, formatBytes } from './free-space.ts';
import { withPartialFolder } from './partial-folder.ts';
import { findPython, runPip, type Python } from './python.ts';
import { runProgram } from './run-program.ts';
import {
  toSetupContext,
  type SetupContext,
  type SetupOptions,
  type SetupResult,
} from './setup-options.ts';

/** Where all of {@link JUDGES} have wheels: checked against the index for each of them. */
const JUDGE_PYTHONS = { from: 9, to: 12 };

/**
 * The outside judges, by import name. Pinned, because a judge that changes its mind is none, and
 * installed without dependencies: what onnxruntime lists besides (sympy, coloredlogs) serves its tools.
 */
const JUDGES: Readonly<Record<string, string>> = {
  numpy: 'numpy==1.26.4',
  PIL: 'Pillow==11.3.0',
  onnx: 'onnx==1.16.2',
  onnxruntime: 'onnxruntime==1.19.2',
  'google.protobuf': 'protobuf==4.25.8',
};

/** 60 MB of wheels and what they unpack to, measured on Linux x64, with half as much again. */
const NEEDED_BYTES = 400e6;

/** Imports every judge and prints the versions, as `name version` lines. */
const VERSIONS_SCRIPT = `
import importlib, sys
for name in sys.argv[1:]:
    print(name, importlib.import_module(name).__version__)
`;

/** The interpreter of the judges, in a cache folder. */
export function judgesInterpreter(cache: string): string {
  return process.platform === 'win32'
    ? join(cache, 'judges', 'Scripts', 'python.exe')
    : join(cache, 'judges', 'bin', 'python');
}

/**
 * Makes the Python environment of the outside judges (numpy, Pillow, onnx, onnxruntime), which the tests
 * compare our results with. Skipped where there is no Python 3.9 to 3.12 with pip.
 * @throws `SETUP_FAILED`, `FILE_WRITE_FAILED`, `ABORTED`
 */
export async function setupJudges(options: SetupOptions = {}): Promise<SetupResult> {
  const context = toSetupContext(options);
  const cache = cacheFolder(context.env);
  if (await areJudgesRight(cache, context)) return ready(cache);
  const python = await findPython(JUDGE_PYTHONS, context);
  if (python === undefined) {
    return {
      status: 'skipped',
      detail: 'there is no Python 3.9 to 3.12 with pip; tests that ask outside judges are skipped',
      hint: 'Install one (Debian 12, Ubuntu: `apt-get install -y python3 python3-venv python3-pip`).',
    };
  }
  await withCacheLock(
    join(cache, 'locks', 'judges'),
    async () => {
      if (await areJudgesRight(cache, context)) return;
      await assertFreeSpace(cache, NEEDED_BYTES);
      await withPartialFolder(join(cache, 'judges'), (folder) =>
        makeEnvironment(folder, python, context),
      );
    },
    { signal: context.signal, onWait: (holder) => context.say(`waiting for ${holder}`) },
  );
  if (await areJudgesRight(cache, context)) return ready(cache);
  throw new IsometryError('SETUP_FAILED', 'The judges were installed and do not import.', {
    hint: `Look at \`${judgesInterpreter(cache)} -c "import onnxruntime"\`.`,
  });
}

/** Whether `stdout` of the version script names exactly the pinned versions. */
export function isPinned(stdout: string): boolean {
  const lines = stdout.trim().split(/\r?\n/);
  const pins = Object.entries(JUDGES).map(([name, pin]) => `${name} ${pin.split('==')[1]}`);
  return lines.length === pins.length && pins.every((pin, index) => lines[index] === pin);
}

async function areJudgesRight(cache: string, context: SetupContext): Promise<boolean> {
  const { code, stdout } = await runProgram(
    judgesInterpreter(cache),
    ['-c', VERSIONS_SCRIPT, ...Object.keys(JUDGES)],
    context,
  );
  return code === 0 && isPinned(stdout);
}

/**
 * A virtual environment without its own pip (Debian's Python has no ensurepip), filled by the pip of
 * the Python that made it. It holds no path of its own, so it can be renamed.
 */
async function makeEnvironment(
  folder: string,
  python: Python,
  context: SetupContext,
): Promise<void> {
  const pins = Object.values(JUDGES);
  context.say(`installing ${pins.join(', ')} for Python ${python.version.join('.')}`);
  const { code, stderr } = await runProgram(
    python.command,
    ['-m', 'venv', '--without-pip', folder],
    context,
  );
  if (code !== 0) {
    throw new IsometryError(
      'SETUP_FAILED',
      `${python.command} -m venv failed: ${stderr.trim().split('\n').at(-1) ?? ''}`,
      { hint: 'Install the venv module (Debian, Ubuntu: `apt-get install -y python3-venv`).' },
    );
  }
  const packages =
    process.platform === 'win32'
      ? join(folder, 'Lib', 'site-packages')
      : join(folder, 'lib', `python${python.version.join('.')}`, 'site-packages');
  await runPip(
    python,
    [
      'install',
      '--no-deps',
      '--only-binary=:all:',
      '--no-compile',
      `--target=${packages}`,
      ...pins,
    ],
    context,
  );
}

async function ready(cache: string): Promise<SetupResult> {
  const size = formatBytes(await folderBytes(join(cache, 'judges')));
  return { status: 'ready', detail: `${Object.values(JUDGES).join(', ')} (${size})` };
}

async function folderBytes(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const sizes = await Promise.all(
    entries
      .filter((entry) => entry.isFile())
      .map(async (entry) => (await stat(join(entry.parentPath, entry.name))).size),
  );
  return sizes.reduce((sum, size) => sum + size, 0);
}
