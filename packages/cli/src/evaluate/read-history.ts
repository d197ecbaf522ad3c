import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { IsometryError } from '@isometry/core';

/** One epoch of a run's log.jsonl. */
export interface HistoryEpoch {
  readonly stage: string;
  /** From 1. */
  readonly epoch: number;
  readonly values: Readonly<Record<string, number>>;
}

/** Reads the epochs of a run, in their order. @throws `RUN_INVALID` */
export async function readHistory(run: string): Promise<readonly HistoryEpoch[]> {
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
