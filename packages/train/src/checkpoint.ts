import { open, readFile, rename, rm } from 'node:fs/promises';
import { IsometryError } from '@isometry/core';
import { decodeSafetensors, encodeSafetensors, type TensorValues } from './safetensors.ts';

/** Version of the checkpoint's progress record. */
const CHECKPOINT_VERSION = 1;

/** Where a run stands, beside its tensors. */
export interface CheckpointProgress {
  /** Name of the stage that runs. */
  readonly stage: string;
  /** From 1. */
  readonly epoch: number;
  /** Steps done in this epoch; 0 before its first. */
  readonly step: number;
  /** Sums over this epoch's steps so far, e.g. of the loss. */
  readonly sums: Readonly<Record<string, number>>;
  /** What early stopping has seen; `best` is null before the first epoch is evaluated. */
  readonly best: { readonly epoch: number; readonly loss: number } | null;
  /** Bytes of log.jsonl that belong to what is done. */
  readonly logBytes: number;
  /** Best epochs of the stages that are over, by stage. */
  readonly finished: Readonly<Record<string, number>>;
  /** Steps that Adam has taken. */
  readonly iterations: number;
}

/** Everything that is needed to go on as if nothing had happened. */
export interface Checkpoint {
  readonly progress: CheckpointProgress;
  /** By group (`weights`, `best`, `average`, `adam.m`, `adam.v`) and `layer/weight`. */
  readonly tensors: ReadonlyMap<string, TensorValues>;
}

/**
 * Writes a checkpoint beside `path`, makes sure that it is on the disk, and gives it its name: whatever
 * happens, `path` is a whole checkpoint, the old one or the new one.
 * @throws `FILE_WRITE_FAILED`
 */
export async function saveCheckpoint(path: string, checkpoint: Checkpoint): Promise<void> {
  const bytes = encodeSafetensors({
    tensors: checkpoint.tensors,
    metadata: { version: `${CHECKPOINT_VERSION}`, progress: JSON.stringify(checkpoint.progress) },
  });
  const partial = `${path}.part`;
  try {
    const file = await open(partial, 'w');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw new IsometryError('FILE_WRITE_FAILED', `The checkpoint ${path} could not be written.`, {
      hint: 'Make room on the disk, then run the same command with --resume: it goes on from the last checkpoint.',
      cause,
      details: { file: path, bytes: bytes.length },
    });
  }
}

/** @throws `FILE_NOT_FOUND`, `RUN_INVALID` */
export async function loadCheckpoint(path: string): Promise<Checkpoint> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new IsometryError('FILE_NOT_FOUND', `There is no checkpoint ${path}.`, {
      hint: 'The run was stopped before its first checkpoint: train without --resume.',
      cause,
      details: { file: path },
    });
  });
  const { tensors, metadata } = decodeSafetensors(bytes, path);
  if (metadata['version'] !== `${CHECKPOINT_VERSION}` || metadata['progress'] === undefined) {
    throw new IsometryError(
      'RUN_INVALID',
      `${path} was written by another version of @isometry/train.`,
      {
        hint: 'Go on with that version, or train again without --resume.',
        details: { file: path },
      },
    );
  }
  return { tensors, progress: JSON.parse(metadata['progress']) as CheckpointProgress };
}
