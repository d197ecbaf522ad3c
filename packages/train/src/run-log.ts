import { mkdir, open, readFile, stat, truncate, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { IsometryError } from '@isometry/core';
import { createSummaryWriter } from './summary-writer.ts';
import type { Tfjs } from './tfjs.ts';

/** One line of log.jsonl. No times in it: the same run gives the same file, however often it was stopped. */
export interface LogRecord {
  readonly event: 'step' | 'epoch' | 'warning';
  readonly stage: string;
  /** From 1. */
  readonly epoch: number;
  /** Step of the epoch, from 1; an epoch's record has the number of its steps. */
  readonly step: number;
  /** Numbers by name, e.g. `loss`, `learningRate`, `validationLoss`. */
  readonly values?: Readonly<Record<string, number>>;
  readonly message?: string;
}

/** log.jsonl and the TensorBoard events of a run. */
export interface RunLog {
  /** @throws `FILE_WRITE_FAILED` when TensorBoard's file finds no room */
  write(record: LogRecord): void;
  /** Puts everything on the disk. @returns bytes of log.jsonl @throws `FILE_WRITE_FAILED` */
  flush(): Promise<number>;
  close(): Promise<void>;
}

/**
 * Opens the log of a run folder.
 * @param from bytes that are kept: what a checkpoint had seen, 0 for a new run
 * @throws `FILE_WRITE_FAILED`, `RUN_INVALID` when log.jsonl is shorter than `from`
 */
export async function openRunLog(tf: Tfjs, folder: string, from: number): Promise<RunLog> {
  const path = join(folder, 'log.jsonl');
  const file = await openAt(path, from);
  const board = join(folder, 'tensorboard');
  await mkdir(board, { recursive: true });
  /** Steps of each stage so far: TensorBoard's x axis. */
  const steps = from > 0 ? await countSteps(path) : new Map<string, number>();
  const events = createSummaryWriter(tf, board);
  let waiting: string[] = [];
  let bytes = from;
  return {
    write: (record) => {
      waiting.push(`${JSON.stringify(record)}\n`);
      const at = (steps.get(record.stage) ?? 0) + (record.event === 'step' ? 1 : 0);
      steps.set(record.stage, at);
      for (const [name, value] of Object.entries(record.values ?? {})) {
        const tag = `${record.stage}/${record.event === 'epoch' ? 'epoch_' : ''}${name}`;
        try {
          events.scalar(tag, value, record.event === 'epoch' ? record.epoch : at);
        } catch (cause) {
          throw writeFailed(board, cause);
        }
      }
    },
    flush: async () => {
      const text = waiting.join('');
      waiting = [];
      try {
        bytes += Buffer.byteLength(text);
        await file.appendFile(text);
        await file.sync();
        events.flush();
      } catch (cause) {
        throw writeFailed(path, cause);
      }
      return bytes;
    },
    close: async () => {
      try {
        events.close();
      } finally {
        await file.close();
      }
    },
  };
}

async function openAt(path: string, from: number): Promise<FileHandle> {
  try {
    if (from > 0) {
      const { size } = await stat(path);
      if (size < from) {
        throw new IsometryError(
          'RUN_INVALID',
          `${path} has lost lines that the checkpoint needs.`,
          {
            hint: 'Train again without --resume.',
            details: { file: path, bytes: size, expected: from },
          },
        );
      }
      await truncate(path, from);
    }
    return await open(path, from > 0 ? 'a' : 'w');
  } catch (cause) {
    if (cause instanceof IsometryError) throw cause;
    throw writeFailed(path, cause);
  }
}

/** The steps of each stage that a log holds: a run that goes on continues their curve. */
async function countSteps(path: string): Promise<Map<string, number>> {
  const steps = new Map<string, number>();
  for (const line of (await readFile(path, 'utf8')).split('\n')) {
    if (line === '') continue;
    const { event, stage } = JSON.parse(line) as LogRecord;
    if (event === 'step') steps.set(stage, (steps.get(stage) ?? 0) + 1);
  }
  return steps;
}

function writeFailed(path: string, cause: unknown): IsometryError {
  return new IsometryError('FILE_WRITE_FAILED', `${path} could not be written.`, {
    hint: 'Make room on the disk, then run the same command with --resume.',
    cause,
    details: { file: path },
  });
}
