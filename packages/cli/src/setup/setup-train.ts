import { readFile, rm } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { IsometryError, isIsometryError } from '@isometry/core';
import { cacheFolder } from './cache-folder.ts';
import { withCacheLock } from './cache-lock.ts';
import { findPackage } from './find-package.ts';
import { assertFreeSpace, formatBytes } from './free-space.ts';
import { withPartialFolder } from './partial-folder.ts';
import { findPython, PYTHON_HINT } from './python.ts';
import { runProgram } from './run-program.ts';
import {
  toSetupContext,
  type SetupContext,
  type SetupOptions,
  type SetupResult,
} from './setup-options.ts';
import {
  planTensorflow,
  TENSORFLOW_LIBRARIES,
  TENSORFLOW_VERSION,
  trainerPackage,
  type TensorflowFlavour,
  type TensorflowPlan,
} from './tensorflow-plan.ts';
import { addonPath, areThere, compileAddon, findCompiler, installAddon } from './trainer-addon.ts';
import { verifyTrainer, type TrainerCheck } from './verify-trainer.ts';
import { unpackWheels } from './wheels.ts';

export interface SetupTrainOptions extends SetupOptions {
  /** For @tensorflow/tfjs-node-gpu, with CUDA and cuDNN (a 2.4 GB download). @defaultValue false */
  readonly gpu?: boolean | undefined;
}

/** pip 20.3 can fetch wheels for another Python, and came with these. */
const ANY_PYTHON = { from: 7, to: 30 };

/**
 * Makes TensorFlow for Node train: `@tensorflow/tfjs-node` must be installed, its install script need
 * not have run. Finished at once when one training step already works; what is half-finished, moved or
 * broken is made anew.
 * @throws `SETUP_FAILED`, `FILE_WRITE_FAILED`, `ABORTED`
 */
export async function setupTrain(options: SetupTrainOptions = {}): Promise<SetupResult> {
  const context = toSetupContext(options);
  const flavour: TensorflowFlavour = options.gpu === true ? 'gpu' : 'cpu';
  const npmPackage = trainerPackage(flavour);
  const folder = await findPackage(npmPackage, context.cwd, ['@isometry/train']);
  if (folder === undefined) {
    throw new IsometryError('SETUP_FAILED', `${npmPackage} is not installed here.`, {
      hint: `Run \`npm install --ignore-scripts ${flavour === 'gpu' ? npmPackage : '@isometry/train'}\` first.`,
    });
  }
  const before = await verifyTrainer(folder, context);
  if (before.works) return ready(before, flavour);
  const plan = planTensorflow(flavour, process);
  const after =
    plan === undefined
      ? await runOwnInstaller(folder, context)
      : await withCacheLock(
          join(cacheFolder(context.env), 'locks', plan.folder),
          () => bringTensorflow(plan, folder, context),
          { signal: context.signal, onWait: (holder) => context.say(`waiting for ${holder}`) },
        );
  if (after.works) return ready(after, flavour);
  throw new IsometryError('SETUP_FAILED', `${npmPackage} does not train: ${after.reason}.`, {
    hint: 'The wheel needs glibc and a processor with AVX. Elsewhere train on another machine: classifying needs no TensorFlow.',
    details: { folder },
  });
}

function ready(check: TrainerCheck & { works: true }, flavour: TensorflowFlavour): SetupResult {
  const where = flavour === 'gpu' ? (check.usesGpu ? ' on the GPU' : ' on the CPU only') : '';
  return {
    status: 'ready',
    detail: `TensorFlow ${check.tensorflow} trains${where}`,
    ...(flavour === 'gpu' && !check.usesGpu
      ? { hint: 'TensorFlow sees no GPU: look at the driver with `nvidia-smi`.' }
      : {}),
  };
}

/**
 * Up to three attempts, each distrusting more of what the cache holds: all of it is kept, the addon is
 * compiled anew (it was another machine's), the libraries are downloaded anew (they were damaged).
 */
async function bringTensorflow(
  plan: TensorflowPlan,
  packageFolder: string,
  context: SetupContext,
): Promise<TrainerCheck> {
  const cache = cacheFolder(context.env);
  const library = join(cache, plan.folder);
  const addon = join(cache, 'addons', await addonName(plan, packageFolder));
  // Asked for before the long download, for which it would be a pity.
  const compiler = (await areThere([addonPath(addon)])) ? undefined : await findCompiler(context);
  let isLibraryNew = false;
  let isAddonNew = false;
  let check: TrainerCheck = { works: false, reason: 'it was not tried' };
  for (const distrust of ['nothing', 'addon', 'libraries'] as const) {
    if (distrust === 'addon' ? isAddonNew : distrust === 'libraries' && isLibraryNew) continue;
    if (distrust === 'libraries' || !(await isLibraryThere(library))) {
      await downloadLibrary(plan, library, context);
      isLibraryNew = true;
    }
    try {
      if (distrust !== 'nothing' || !(await areThere([addonPath(addon)]))) {
        await compileAddon(compiler ?? (await findCompiler(context)), {
          packageFolder,
          library,
          folder: addon,
          context,
        });
        isAddonNew = true;
      }
    } catch (error) {
      // A damaged library does not link: the next attempt brings another.
      if (isLibraryNew || !isIsometryError(error) || error.code === 'ABORTED') throw error;
      context.say(error.message);
      continue;
    }
    context.say('linking it into node_modules and training one step to verify it');
    await installAddon(packageFolder, library, addon);
    check = await verifyTrainer(packageFolder, context);
    if (check.works) return check;
    context.say(`it does not train yet: ${check.reason}`);
  }
  return check;
}

function isLibraryThere(library: string): Promise<boolean> {
  return areThere(
    [...TENSORFLOW_LIBRARIES, 'tensorflow/include/tensorflow/c/c_api.h'].map((name) =>
      join(library, name),
    ),
  );
}

/** Unlike libraries, an addon belongs to one release of the npm package. */
async function addonName(plan: TensorflowPlan, packageFolder: string): Promise<string> {
  const json = JSON.parse(await readFile(join(packageFolder, 'package.json'), 'utf8')) as {
    readonly version?: unknown;
  };
  return `${plan.npmPackage.replace('@tensorflow/', '')}-${String(json.version)}-${plan.folder}`;
}

async function downloadLibrary(
  plan: TensorflowPlan,
  library: string,
  context: SetupContext,
): Promise<void> {
  const python = await findPython(ANY_PYTHON, context);
  if (python === undefined) {
    throw new IsometryError(
      'SETUP_FAILED',
      'There is no Python with pip, which fetches the TensorFlow wheel.',
      { hint: PYTHON_HINT },
    );
  }
  await rm(library, { recursive: true, force: true });
  await assertFreeSpace(library, plan.neededBytes);
  context.say(
    `downloading TensorFlow ${TENSORFLOW_VERSION} (${formatBytes(plan.downloadBytes)}) from the Python package index: ` +
      'its wheel holds the libraries that npm would fetch from elsewhere',
  );
  await withPartialFolder(library, async (partial) => {
    const target = { folder: partial, prefixes: plan.prefixes };
    const bytes = await unpackWheels(python, plan.wheels, target, context);
    context.say(`downloaded ${formatBytes(bytes)}; unpacked into ${library}`);
  });
}

/** Not Linux x64: tfjs-node's own script downloads libtensorflow 2.9.1 (macOS, Windows) or older. */
async function runOwnInstaller(
  packageFolder: string,
  context: SetupContext,
): Promise<TrainerCheck> {
  context.say(
    'running the install script of tfjs-node: it downloads libtensorflow for this platform',
  );
  const result = await runProgram(process.execPath, ['scripts/install.js'], {
    cwd: packageFolder,
    env: { ...context.env, PATH: withBinFolders(packageFolder, context.env['PATH'] ?? '') },
    signal: context.signal,
  });
  const check = await verifyTrainer(packageFolder, context);
  if (check.works || result.code === 0) return check;
  const reason = result.stderr.trim().split('\n').at(-1) ?? '';
  return { works: false, reason: `its install script failed: ${reason}` };
}

/** The script calls `node-pre-gyp` by name, as npm would have let it. */
function withBinFolders(packageFolder: string, path: string): string {
  const folders: string[] = [];
  for (let folder = packageFolder; dirname(folder) !== folder; folder = dirname(folder)) {
    folders.push(join(folder, 'node_modules/.bin'));
  }
  return [...folders, path].join(delimiter);
}
