import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { isDeepStrictEqual } from 'node:util';
import { IsometryError, type Manifest } from '@isometry/core';

/** One epoch of a run's log.jsonl. */
export interface HistoryEpoch {
  readonly stage: string;
  /** From 1. */
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
}

/** The curves of a model's training, or why there are none. */
export interface ModelHistory {
  readonly epochs: readonly HistoryEpoch[] | null;
  readonly warnings: readonly string[];
}

/**
 * Reads the training curves of a model from the run that it is said to come from. Those of another run are left out: runs can
 * share a split, so that the whole training record decides.
 * @throws `RUN_INVALID`
 */
export async function readModelHistory(
  run: string | undefined,
  { training }: Manifest,
): Promise<ModelHistory> {
  if (run === undefined) return { epochs: null, warnings: [] };
  if (training !== null && isDeepStrictEqual(await readTraining(run), training)) {
    return { epochs: await readHistory(run), warnings: [] };
  }
  const name = basename(resolve(run));
  const warning = `The training's curves are left out: ${name} is not the run that the model came from.`;
  return { epochs: null, warnings: [warning] };
}

/** What run.json says of the training; undefined where there is none. */
async function readTraining(run: string): Promise<unknown> {
  try {
    const { manifest } = JSON.parse(await readFile(join(run, 'run.json'), 'utf8')) as {
      readonly manifest?: Partial<Manifest>;
    };
    return manifest?.training;
  } catch {
    return undefined;
  }
}

/** Reads the epochs of a run, in their order. @throws `RUN_INVALID` */
async function readHistory(run: string): Promise<readonly HistoryEpoch[]> {
  const path = join(run, 'log.jsonl');
  const epochs: HistoryEpoch[] = [];
  try {
    for await (const line of createInterface({ input: createReadStream(path) })) {
      if (!line.includes('"epoch"')) continue;
      const { event, stage, epoch, values } = JSON.parse(line) as HistoryEpoch & {
        readonly event: string;
      };
      if (event === 'epoch') epochs.push({ stage, epoch, values });
    }
  } catch (cause) {
    throw new IsometryError('RUN_INVALID', `${path} is missing or damaged.`, {
      hint: 'Give the folder that `isometry train` made.',
      cause,
      details: { file: path },
    });
  }
  return epochs;
}
