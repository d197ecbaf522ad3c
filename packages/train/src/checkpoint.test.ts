import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadCheckpoint, saveCheckpoint, type Checkpoint } from './checkpoint.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-checkpoint-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function checkpointAt(step: number): Checkpoint {
  return {
    tensors: new Map([['weights/a', { shape: [2], values: Float32Array.of(step, 0.1) }]]),
    progress: {
      stage: 'train-embedding',
      epoch: 2,
      step,
      sums: { loss: 0.1 + 0.2 },
      best: { epoch: 1, loss: 1 / 3 },
      logBytes: 12,
      finished: {},
      iterations: 40,
    },
  };
}

it('gives back exactly what was saved, and replaces the one before', async () => {
  const path = join(folder, 'last.safetensors');
  await saveCheckpoint(path, checkpointAt(1));
  await saveCheckpoint(path, checkpointAt(2));
  expect(await loadCheckpoint(path)).toEqual(checkpointAt(2));
  expect(await readdir(folder)).toEqual(['last.safetensors']);
});

it('keeps the old checkpoint when the new one cannot be written', async () => {
  const path = join(folder, 'last.safetensors');
  await saveCheckpoint(path, checkpointAt(1));
  // A folder in the place of the partial file: open fails as it does on a full or broken disk.
  await mkdir(`${path}.part`);
  await writeFile(join(`${path}.part`, 'file'), '');
  await expect(saveCheckpoint(path, checkpointAt(2))).rejects.toMatchObject({
    code: 'FILE_WRITE_FAILED',
  });
  expect(await loadCheckpoint(path)).toEqual(checkpointAt(1));
});

it('refuses what is missing, cut short or of another version', async () => {
  const path = join(folder, 'last.safetensors');
  await expect(loadCheckpoint(path)).rejects.toMatchObject({ code: 'FILE_NOT_FOUND' });
  await saveCheckpoint(path, checkpointAt(1));
  const bytes = await readFile(path);
  await truncate(path, bytes.length - 1);
  await expect(loadCheckpoint(path)).rejects.toMatchObject({ code: 'RUN_INVALID' });
  const other = bytes.toString('latin1').replace('"version":"1"', '"version":"9"');
  await writeFile(path, Buffer.from(other, 'latin1'));
  await expect(loadCheckpoint(path)).rejects.toMatchObject({ code: 'RUN_INVALID' });
});
