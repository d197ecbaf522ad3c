import { mkdir, readdir, readFile, rename, rm, stat, statfs, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { IsometryError, parseManifestDraft, type ManifestDraft } from '@isometry/core';
import type { Tfjs } from './tfjs.ts';

/** Version of run.json. */
const RUN_VERSION = 1;

/** Written last: a folder with it is a finished run. */
const RUN_FILE = 'run.json';

/** Written first: a folder with it is a run, finished or not. */
const CONFIG_FILE = 'config.json';

const CHECKPOINTS = 'checkpoints';

/** What lies at the place where a run is to go. */
export type FoundAtOut = 'nothing' | 'unfinished-run' | 'run';

export interface FinishedRun {
  readonly model: LayersModel;
  readonly manifest: ManifestDraft;
  /** metrics.json. */
  readonly metrics: object;
}

/** A run folder that is being filled. */
export interface RunFolder {
  /** Absolute. */
  readonly path: string;
  readonly checkpointPath: string;
  /** Writes the model, metrics.json and, last, run.json. @throws `FILE_WRITE_FAILED` */
  finish(tf: Tfjs, run: FinishedRun): Promise<void>;
}

/**
 * Looks at the place where a run is to go, before any work is done, and makes sure that it can be written.
 * @throws `OPTION_INVALID` when something else is there, `FILE_WRITE_FAILED`
 */
export async function inspectOut(out: string): Promise<FoundAtOut> {
  const target = resolve(out);
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) {
    await writing(target, () => mkdir(dirname(target), { recursive: true }));
    return 'nothing';
  }
  const entries = found.isDirectory() ? await readdir(target) : undefined;
  // A process that was killed at its first file leaves that one, half.
  if (entries?.every((entry) => entry === `${CONFIG_FILE}.part`) === true) return 'nothing';
  if (await hasKey(join(target, RUN_FILE), 'manifest')) return 'run';
  if (await hasKey(join(target, CONFIG_FILE), 'dataDigest')) return 'unfinished-run';
  throw new IsometryError('OPTION_INVALID', `${target} exists and is not a run.`, {
    hint: 'Name another folder.',
    details: { out: target },
  });
}

/** Whether a file is one of ours: models and data sets of others have a config.json too, and are not to be replaced. */
async function hasKey(path: string, key: string): Promise<boolean> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return typeof value === 'object' && value !== null && key in value;
  } catch {
    return false;
  }
}

/**
 * Makes the folder of a new run. A run that was there is removed now, when nothing but the disk can fail any more.
 * Killed in between, it leaves a run that can be gone on with or replaced.
 * @param files what is known before training, by name: config.json, and others
 * @param neededBytes checkpoints and model, so that a disk that is too small is known now
 * @throws `FILE_WRITE_FAILED`
 */
export async function createRunFolder(
  out: string,
  files: Readonly<Record<string, string>>,
  neededBytes: number,
): Promise<RunFolder> {
  const path = resolve(out);
  await writing(path, async () => {
    await assertRoom(dirname(path), neededBytes);
    await mkdir(path, { recursive: true });
    const remove = (name: string): Promise<void> =>
      rm(join(path, name), { recursive: true, force: true });
    // In this order: no old checkpoint meets the new config, and the folder never lacks one.
    for (const name of [RUN_FILE, CHECKPOINTS]) await remove(name);
    for (const [name, text] of Object.entries(files)) {
      const partial = join(path, `${name}.part`);
      await writeFile(partial, text);
      await rename(partial, join(path, name));
    }
    for (const name of await readdir(path)) if (!(name in files)) await remove(name);
    await mkdir(join(path, CHECKPOINTS));
  });
  return openRunFolder(path);
}

/** The folder of a run that goes on. */
export function openRunFolder(out: string): RunFolder {
  const path = resolve(out);
  return {
    path,
    checkpointPath: join(path, CHECKPOINTS, 'last.safetensors'),
    finish: (tf, { model, manifest, metrics }) =>
      writing(path, async () => {
        const run = { version: RUN_VERSION, manifest: parseManifestDraft(manifest) };
        await model.save(tf.io.fileSystem(path));
        await writeFile(join(path, 'metrics.json'), `${JSON.stringify(metrics, undefined, 2)}\n`);
        const partial = join(path, `${RUN_FILE}.part`);
        await writeFile(partial, `${JSON.stringify(run, undefined, 2)}\n`);
        await rename(partial, join(path, RUN_FILE));
      }),
  };
}

/** Reads the config.json of a run. @throws `RUN_INVALID` */
export async function readRunConfig(out: string): Promise<unknown> {
  const path = join(resolve(out), CONFIG_FILE);
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw new IsometryError('RUN_INVALID', `${path} is missing or is no JSON.`, {
      hint: 'Train again without --resume.',
      cause,
      details: { file: path },
    });
  }
}

/** @throws `FILE_WRITE_FAILED` when the disk of `folder` has less room than that */
export async function assertRoom(folder: string, neededBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= neededBytes) return;
  throw new IsometryError(
    'FILE_WRITE_FAILED',
    `A run in ${folder} needs ${megabytes(neededBytes)}, and its disk has ${megabytes(free)}.`,
    {
      hint: 'Make room, or name a folder on another disk with --out.',
      details: { folder, neededBytes, freeBytes: free },
    },
  );
}

function megabytes(bytes: number): string {
  return `${Math.ceil(bytes / 1e6)} MB`;
}

/** Runs `work` and turns what the file system throws into `FILE_WRITE_FAILED`. */
async function writing<Result>(target: string, work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof IsometryError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new IsometryError('FILE_WRITE_FAILED', `${target} could not be written: ${reason}`, {
      hint: 'Check that the folder can be written and that the disk has room.',
      cause,
      details: { out: target },
    });
  }
}
