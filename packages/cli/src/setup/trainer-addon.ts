import { access, copyFile, mkdir, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { IsometryError } from '@isometry/core';
import { withPartialFolder } from './partial-folder.ts';
import { runProgram } from './run-program.ts';
import type { SetupContext } from './setup-options.ts';
import { TENSORFLOW_LIBRARIES } from './tensorflow-plan.ts';
import { toWriteError } from './write-error.ts';

const ADDON = 'tfjs_binding.node';

/** C++ compilers by their usual names; `$CXX` goes before them. */
const COMPILERS = ['g++', 'c++', 'clang++'];

/**
 * The N-API version that tfjs-node asks for on this Node: the highest that both know. Its loader
 * looks in `lib/napi-v<that>`.
 * @throws `SETUP_FAILED` when the package does not say
 */
export function napiVersion(packageJson: unknown, nodeNapi: number): number {
  const versions =
    typeof packageJson === 'object' && packageJson !== null && 'binary' in packageJson
      ? (packageJson.binary as { napi_versions?: readonly number[] } | null)?.napi_versions
      : undefined;
  const known = (versions ?? []).filter((version) => version <= nodeNapi);
  if (known.length > 0) return Math.max(...known);
  throw new IsometryError(
    'SETUP_FAILED',
    'The installed TensorFlow for Node names no N-API version that this Node knows.',
    { hint: 'Install it again: `npm install --ignore-scripts @isometry/train`.' },
  );
}

/**
 * What the compiler is given. No node-gyp: it downloads Node's headers, which a closed network
 * refuses, while a pure N-API addon needs only the four of node-api-headers and serves every Node.
 */
export function compileArgs(paths: {
  readonly packageFolder: string;
  readonly library: string;
  readonly napiHeaders: string;
  readonly napiVersion: number;
  readonly out: string;
}): readonly string[] {
  return [
    '-std=c++17',
    '-O2',
    '-fPIC',
    '-shared',
    `-DNAPI_VERSION=${paths.napiVersion}`,
    '-DNODE_GYP_MODULE_NAME=tfjs_binding',
    '-DBUILDING_NODE_EXTENSION',
    `-I${paths.napiHeaders}`,
    `-I${join(paths.library, 'tensorflow/include')}`,
    join(paths.packageFolder, 'binding/tfjs_backend.cc'),
    join(paths.packageFolder, 'binding/tfjs_binding.cc'),
    '-o',
    paths.out,
    ...TENSORFLOW_LIBRARIES.map((name) => join(paths.library, name)),
    // From lib/napi-v8 of the package, as tfjs-node's own builds do.
    '-Wl,-rpath,$ORIGIN/../../deps/lib',
  ];
}

/**
 * Compiles the addon of tfjs-node into `folder` (a folder of the cache).
 * @throws `SETUP_FAILED`, `ABORTED`
 */
export async function compileAddon(
  compiler: string,
  job: {
    readonly packageFolder: string;
    readonly library: string;
    readonly folder: string;
    readonly context: SetupContext;
  },
): Promise<void> {
  const { packageFolder, library, folder, context } = job;
  context.say(`compiling the addon with ${compiler} (about 10 s)`);
  const napiHeaders = dirname(
    createRequire(import.meta.url).resolve('node-api-headers/include/node_api.h'),
  );
  const version = await packageNapiVersion(packageFolder);
  await withPartialFolder(folder, async (partial) => {
    const out = join(partial, ADDON);
    const args = compileArgs({ packageFolder, library, napiHeaders, napiVersion: version, out });
    const { code, stderr } = await runProgram(compiler, args, context);
    if (code === 0) return;
    const reason = stderr.split('\n').find((line) => /error:|fatal/i.test(line)) ?? stderr.trim();
    throw new IsometryError('SETUP_FAILED', `The addon did not compile: ${reason.trim()}.`, {
      hint: 'Install a C++17 compiler with its standard library (Debian, Ubuntu: `apt-get install -y g++`).',
      details: { stderr: stderr.slice(-2_000) },
    });
  });
}

/** Puts the compiled addon and links to the libraries where tfjs-node looks for them. */
export async function installAddon(
  packageFolder: string,
  library: string,
  compiled: string,
): Promise<void> {
  const libraries = join(packageFolder, 'deps/lib');
  const addons = join(packageFolder, 'lib', `napi-v${await packageNapiVersion(packageFolder)}`);
  try {
    await mkdir(libraries, { recursive: true });
    await mkdir(addons, { recursive: true });
    for (const [name, target] of await linksFor(library)) {
      await replace(join(libraries, name), (path) => symlink(target, path));
    }
    await replace(join(addons, ADDON), (path) => copyFile(join(compiled, ADDON), path));
  } catch (error) {
    throw toWriteError(packageFolder, error);
  }
}

/**
 * Library names and where they are. NVIDIA's are linked too: TensorFlow opens them by name, beside
 * itself.
 */
async function linksFor(library: string): Promise<readonly (readonly [string, string])[]> {
  const tensorflow = TENSORFLOW_LIBRARIES.map((name) => join(library, name));
  const nvidia = await sharedLibraries(join(library, 'nvidia'));
  return [...tensorflow, ...nvidia].map((path) => [path.slice(path.lastIndexOf('/') + 1), path]);
}

async function sharedLibraries(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  return names.filter((name) => /\/lib\/[^/]+\.so[.\d]*$/.test(name)).map((n) => join(folder, n));
}

/** Makes a thing under another name and renames it, so that a running trainer never sees half of it. */
async function replace(path: string, make: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = `${path}.partial-${process.pid}`;
  await rm(temporary, { force: true });
  await make(temporary);
  await rename(temporary, path);
}

/** `$CXX`, or the first usual compiler that answers. @throws `SETUP_FAILED` */
export async function findCompiler({ env, signal }: SetupContext): Promise<string> {
  const named = env['CXX'];
  const names = named === undefined || named === '' ? COMPILERS : [named, ...COMPILERS];
  for (const name of names) {
    const { code } = await runProgram(name, ['--version'], { env, signal });
    if (code === 0) return name;
  }
  throw new IsometryError('SETUP_FAILED', 'There is no C++ compiler (g++ or clang++).', {
    hint: 'Install one (Debian, Ubuntu: `apt-get install -y g++`; Fedora: `dnf install gcc-c++`).',
  });
}

async function packageNapiVersion(packageFolder: string): Promise<number> {
  const json: unknown = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8'));
  return napiVersion(json, Number(process.versions['napi']));
}

/** Whether every file of a set is there. */
export async function areThere(paths: readonly string[]): Promise<boolean> {
  try {
    await Promise.all(paths.map((path) => access(path)));
    return true;
  } catch {
    return false;
  }
}

/** The addon inside a folder that {@link compileAddon} filled. */
export function addonPath(folder: string): string {
  return join(folder, ADDON);
}
