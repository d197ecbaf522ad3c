import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-node';
import { IsometryError, parseManifestDraft, type ManifestDraft } from '@isometry/core';
import type { EpochRecord } from './history.ts';
import type { Tfjs } from './tfjs.ts';

/** Version of run.json. */
const RUN_VERSION = 1;

/** The file that tells a run folder from any other. */
const RUN_FILE = 'run.json';

export interface RunContents {
  readonly model: LayersModel;
  readonly manifest: ManifestDraft;
  readonly splitCsv: string;
  readonly history: readonly EpochRecord[];
}

/** A run folder in the making, under a temporary name beside the one it will have. */
export interface PendingRun {
  /** Writes everything and gives the folder its name. @throws `FILE_WRITE_FAILED` */
  commit(tf: Tfjs, contents: RunContents): Promise<void>;
  /** Removes what is not committed; safe to call at any time. */
  discard(): Promise<void>;
}

/**
 * Reserves `out` before any work is done, so that a folder that cannot be written fails at once.
 * @param overwrite whether a run that is already there is replaced; anything else never is
 * @throws `OPTION_INVALID` when `out` is taken, `FILE_WRITE_FAILED`
 */
export async function createRunFolder(out: string, overwrite: boolean): Promise<PendingRun> {
  const target = resolve(out);
  await assertFree(target, overwrite);
  const temporary = await writing(target, async () => {
    await mkdir(dirname(target), { recursive: true });
    return mkdtemp(join(dirname(target), `.${basename(target)}-`));
  });
  const discard = (): Promise<void> => rm(temporary, { recursive: true, force: true });
  return {
    discard,
    commit: (tf, contents) =>
      writing(target, async () => {
        await writeContents(tf, temporary, contents);
        await replace(temporary, target);
      }),
  };
}

async function writeContents(tf: Tfjs, folder: string, contents: RunContents): Promise<void> {
  const run = { version: RUN_VERSION, manifest: parseManifestDraft(contents.manifest) };
  await contents.model.save(tf.io.fileSystem(folder));
  await writeFile(join(folder, 'split.csv'), contents.splitCsv);
  await writeFile(
    join(folder, 'history.jsonl'),
    contents.history.map((epoch) => `${JSON.stringify(epoch)}\n`).join(''),
  );
  await writeFile(join(folder, RUN_FILE), `${JSON.stringify(run, undefined, 2)}\n`);
}

/** A folder cannot be renamed over another: the old run steps aside, and back if that fails. */
async function replace(temporary: string, target: string): Promise<void> {
  const aside = `${temporary}-old`;
  const hadOld = await rename(target, aside).then(
    () => true,
    () => false,
  );
  try {
    await rename(temporary, target);
  } catch (error) {
    if (hadOld) await rename(aside, target);
    throw error;
  }
  if (hadOld) await rm(aside, { recursive: true, force: true });
}

async function assertFree(target: string, overwrite: boolean): Promise<void> {
  const found = await stat(target).catch(() => undefined);
  if (found === undefined) return;
  const entries = found.isDirectory() ? await readdir(target) : undefined;
  if (entries?.length === 0) return;
  const isRun = entries?.includes(RUN_FILE) === true;
  if (isRun && overwrite) return;
  throw new IsometryError(
    'OPTION_INVALID',
    isRun ? `${target} already holds a run.` : `${target} exists and is not a run.`,
    {
      hint: isRun ? 'Name another folder, or allow it to be overwritten.' : 'Name another folder.',
      details: { out: target },
    },
  );
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
