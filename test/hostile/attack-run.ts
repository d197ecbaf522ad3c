import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { exportRun } from '@isometry/export';
import { decodeModel, readManifest } from '@isometry/onnx';
import { createImageDecoder } from '@isometry/pixels';
import { createSession } from '@isometry/runtime-node';
import { baseRuns, type RunFiles } from './base-runs.ts';
import { createChance } from './chance.ts';
import type { Mutated } from './mutate-bytes.ts';
import { mutateRun, plain, type HostileRun } from './mutate-run.ts';
import { demand, endingOf, type MakeCase, type Outcome } from './target.ts';

const BASES = await baseRuns();
const SOUND = new Map<RunFiles, Buffer>();
const FOLDER = await mkdtemp(join(tmpdir(), 'isometry-hostile-'));
process.once('beforeExit', () => void rm(FOLDER, { recursive: true, force: true }));
const decode = createImageDecoder();

/** Files that one base is cut in, at every 1 % of their length. */
const CUT_FILES = ['modelJson', 'runJson', 'shard'] as const;
const CUTS = CUT_FILES.length * 99;

/** A case's folder. */
function hostileRun(index: number): Mutated<HostileRun> & { readonly base: RunFiles } {
  const base = BASES[Math.abs(index) % BASES.length] as RunFiles;
  if (index < 0) return { base, mutation: 'none', content: plain(base) };
  if (index < CUTS) {
    const file = CUT_FILES[index % CUT_FILES.length] as (typeof CUT_FILES)[number];
    return { base, ...cut(base, file, (1 + Math.floor(index / CUT_FILES.length)) / 100) };
  }
  return { base, ...mutateRun(base, createChance(index, 'run')) };
}

function cut(base: RunFiles, file: (typeof CUT_FILES)[number], share: number): Mutated<HostileRun> {
  const mutation = `${file} cut at ${share}`;
  const run = plain(base);
  if (file !== 'shard') {
    const length = Math.floor(run[file].length * share);
    return { mutation, content: { ...run, [file]: run[file].slice(0, length) } };
  }
  const [[name, bytes] = ['', new Uint8Array()]] = base.shards;
  const shards = new Map(base.shards).set(
    name,
    bytes.subarray(0, Math.floor(bytes.length * share)),
  );
  return { mutation, content: { ...run, shards } };
}

/** Attacks the exporter with run folders, from reading them to running what it made. */
export const makeRunCase: MakeCase = async (index) => {
  const { base, mutation, content } = hostileRun(index);
  const folder = join(FOLDER, `${index}`);
  await put(folder, content);
  return {
    mutation,
    judge: async () => {
      try {
        return await judgeRun(folder, content, base);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
};

/** How many sound inputs there are: cases -1, -2 … */
export const SOUND_RUNS: number = BASES.length;

async function put(folder: string, { modelJson, runJson, shards }: HostileRun): Promise<void> {
  const run = join(folder, 'run');
  await mkdir(run, { recursive: true });
  await writeFile(join(run, 'model.json'), modelJson);
  await writeFile(join(run, 'run.json'), runJson);
  for (const [name, content] of shards) {
    const path = join(run, name);
    // oxlint-disable-next-line no-await-in-loop
    if (content instanceof Uint8Array) await writeFile(path, content);
    // oxlint-disable-next-line no-await-in-loop
    else if (content.kind === 'folder') await mkdir(path);
    // oxlint-disable-next-line no-await-in-loop
    else await symlink(content.to, path);
  }
  await writeFile(join(folder, 'outside.bin'), new Uint8Array(1000));
}

async function judgeRun(
  folder: string,
  { modelJson, runJson }: HostileRun,
  base: RunFiles,
): Promise<Outcome> {
  const pastHeader = isObject(modelJson) && isObject(runJson);
  const out = join(folder, 'out');
  try {
    const { modelPath, files } = await exportRun(join(folder, 'run'), {
      out,
      createSession,
      decode,
    });
    const bytes = await readFile(modelPath);
    readManifest(bytes);
    decodeModel(bytes);
    demand(
      files.every((file) => existsSync(file)),
      'a file that is not there',
    );
    const sound = SOUND.get(base);
    if (sound === undefined) SOUND.set(base, bytes);
    return { ending: sound === undefined || sound.equals(bytes) ? 'equal' : 'valid', pastHeader };
  } catch (error) {
    const left = await readdir(folder);
    if (left.sort().join() !== 'outside.bin,run') {
      return { ending: 'broken', pastHeader, problem: `left behind: ${left.join()}` };
    }
    return { ...endingOf(error), pastHeader };
  }
}

/** The first thing that is looked at: whether the files are JSON of an object. */
function isObject(json: string): boolean {
  try {
    const value = JSON.parse(json) as unknown;
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
