import { join } from 'node:path';
import { parseManifestDraft, type ManifestDraft } from '@isometry/core';
import * as z from 'zod';
import { readJson } from './read-json.ts';
import { runInvalid } from './run-invalid.ts';
import { readTfjsModel, type TfjsModelFile } from './tfjs-model-file.ts';

/** What the exporter needs of a training run. */
export interface Run extends TfjsModelFile {
  readonly manifest: ManifestDraft;
}

const schema = z.object({ version: z.literal(1), manifest: z.unknown() });

/**
 * Reads a run folder that `isometry train` wrote: run.json, model.json and its weights.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `RUN_INVALID`
 */
export async function readRun(folder: string): Promise<Run> {
  const manifest = await readRunManifest(folder);
  return { ...(await readTfjsModel(join(folder, 'model.json'))), manifest };
}

/**
 * Reads what a run's run.json says of its model.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `RUN_INVALID`
 */
export async function readRunManifest(folder: string): Promise<ManifestDraft> {
  const run = z.safeParse(schema, await readJson(join(folder, 'run.json')));
  if (!run.success) {
    throw runInvalid('run.json', 'it is not a training run of version 1', run.error);
  }
  try {
    return parseManifestDraft(run.data.manifest);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message.replace(/\.$/, '') : 'unknown';
    throw runInvalid('run.json', problem, cause);
  }
}
