import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IsometryError } from '@isometry/core';
import { cacheFolder } from './cache-folder.ts';
import { withCacheLock } from './cache-lock.ts';
import { assertFreeSpace, formatBytes } from './free-space.ts';
import {
  hasTensorFlowWheels,
  JUDGE_PYTHONS,
  judgePackages,
  TENSORFLOW_PYTHONS,
} from './judge-packages.ts';
import { withPartialFolder } from './partial-folder.ts';
import { findPython, runPip, type Python } from './python.ts';
import { runProgram } from './run-program.ts';
import {
  toSetupContext,
  type SetupContext,
  type SetupOptions,
  type SetupResult,
} from './setup-options.ts';

/**
 * Wheels and what they unpack to, measured on Linux x64 with Python 3.11 (324 MB and 1.2 GB; without TensorFlow
 * 106 MB and 337 MB), with half as much again.
 */
const NEEDED_BYTES = { withTensorFlow: 2.4e9, without: 670e6 };

const PLATFORM = `${process.platform}-${process.arch}`;

/** Prints the minor version of Python 3, then `name version` for every package that is there. */
const VERSIONS_SCRIPT = `
import sys
from importlib.metadata import PackageNotFoundError, version
print(sys.version_info[1])
for name in sys.argv[1:]:
    try:
        print(name, version(name))
    except PackageNotFoundError:
        pass
`;

/** TensorFlow prints notices on import; only the exit code counts. */
const IMPORT_SCRIPT =
  'import importlib, sys; [importlib.import_module(name) for name in sys.argv[1:]]';

/** The interpreter of the judges, in a cache folder. */
export function judgesInterpreter(cache: string): string {
  return process.platform === 'win32'
    ? join(cache, 'judges', 'Scripts', 'python.exe')
    : join(cache, 'judges', 'bin', 'python');
}

/**
 * Makes the Python environment of the outside judges (numpy, Pillow, onnx, onnxruntime, scikit-learn, SciPy;
 * where they have wheels TensorFlow, Keras and TensorFlow Addons), which the tests compare our results with, and of
 * tf2onnx, the second converter.
 * Skipped where there is no Python 3.9 to 3.12 with pip.
 * @throws `SETUP_FAILED`, `FILE_WRITE_FAILED`, `ABORTED`
 */
export async function setupJudges(options: SetupOptions = {}): Promise<SetupResult> {
  const context = toSetupContext(options);
  const cache = cacheFolder(context.env);
  const found = await findRightJudges(cache, context);
  if (found !== undefined) return ready(cache, found);
  const python = await findJudgesPython(context);
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
      if (await findRightJudges(cache, context)) return;
      const { withTensorFlow, without } = NEEDED_BYTES;
      const packages = judgePackages(PLATFORM, python.version[1]);
      await assertFreeSpace(cache, hasTensorFlow(packages) ? withTensorFlow : without);
      await withPartialFolder(join(cache, 'judges'), (folder) =>
        makeEnvironment(folder, python, context),
      );
    },
    { signal: context.signal, onWait: (holder) => context.say(`waiting for ${holder}`) },
  );
  const made = await findRightJudges(cache, context);
  if (made !== undefined && (await doImport(cache, made, context))) return ready(cache, made);
  throw new IsometryError('SETUP_FAILED', 'The judges were installed and do not import.', {
    hint: `Look at \`${judgesInterpreter(cache)} -c "import onnxruntime, tensorflow"\`.`,
  });
}

type Packages = ReturnType<typeof judgePackages>;

function hasTensorFlow(packages: Packages): boolean {
  return packages.some(({ module }) => module === 'tensorflow');
}

/** The newest Python, but one that TensorFlow has wheels for goes first. */
async function findJudgesPython(context: SetupContext): Promise<Python | undefined> {
  const best = hasTensorFlowWheels(PLATFORM)
    ? await findPython(TENSORFLOW_PYTHONS, context)
    : undefined;
  return best ?? findPython(JUDGE_PYTHONS, context);
}

/**
 * Reads what the version script printed: the packages that belong with that Python on `platform`, or
 * `undefined` unless exactly the pinned versions are there.
 */
export function readPinned(stdout: string, platform: string): Packages | undefined {
  const [minor, ...lines] = stdout.trim().split(/\r?\n/);
  const packages = judgePackages(platform, Number(minor));
  const there = new Set(lines);
  const isRight = packages.every(({ pin }) => there.has(pin.replace('==', ' ')));
  return isRight && there.size === packages.length ? packages : undefined;
}

async function findRightJudges(
  cache: string,
  context: SetupContext,
): Promise<Packages | undefined> {
  const names = judgePackages(PLATFORM, TENSORFLOW_PYTHONS.to).map(
    ({ pin }) => pin.split('==')[0] as string,
  );
  const interpreter = judgesInterpreter(cache);
  const { code, stdout } = await runProgram(
    interpreter,
    ['-c', VERSIONS_SCRIPT, ...names],
    context,
  );
  return code === 0 ? readPinned(stdout, PLATFORM) : undefined;
}

/** Asked once, after installing: TensorFlow takes seconds to import. */
async function doImport(
  cache: string,
  packages: Packages,
  context: SetupContext,
): Promise<boolean> {
  const modules = packages.flatMap(({ module }) => module ?? []);
  const { code } = await runProgram(
    judgesInterpreter(cache),
    ['-c', IMPORT_SCRIPT, ...modules],
    context,
  );
  return code === 0;
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
  const packages = judgePackages(PLATFORM, python.version[1]);
  context.say(`installing ${judgesOf(packages)} for Python ${python.version.join('.')}`);
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
  const sitePackages =
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
      `--target=${sitePackages}`,
      ...packages.map(({ pin }) => pin),
    ],
    context,
  );
}

async function ready(cache: string, packages: Packages): Promise<SetupResult> {
  const size = formatBytes(await folderBytes(join(cache, 'judges')));
  return { status: 'ready', detail: `${judgesOf(packages)} (${size})${whatIsMissing(packages)}` };
}

function whatIsMissing(packages: Packages): string {
  if (!hasTensorFlow(packages)) {
    return '; without TensorFlow, which has wheels for Linux x64 and Python 3.9 to 3.11 alone: tests that ask it are skipped, and tf2onnx cannot convert';
  }
  return packages.some(({ module }) => module === 'tf2onnx')
    ? ''
    : '; without tf2onnx, which needs Python 3.10 or 3.11';
}

function judgesOf(packages: Packages): string {
  return packages.flatMap(({ module, pin }) => (module === undefined ? [] : pin)).join(', ');
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
