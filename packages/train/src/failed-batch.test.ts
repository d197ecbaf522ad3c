import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { reportFailedBatch, type FailedBatch } from './failed-batch.ts';

const BATCH: FailedBatch = {
  stage: 'train-embedding',
  epoch: 3,
  step: 7,
  loss: Number.NaN,
  images: [{ file: 'a/1.jpg', label: 'a' }],
  input: Float32Array.of(1, 2, 3, 4, 5, 6),
  shape: [1, 1, 2, 3],
};

it('saves the batch and says where it is', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'isometry-failed-'));
  const error = await reportFailedBatch(folder, BATCH);
  expect(error).toMatchObject({
    code: 'TRAINING_DIVERGED',
    details: { epoch: 3, step: 7, files: ['a/1.jpg'], saved: join(folder, 'failed-batch.json') },
  });
  const json = JSON.parse(await readFile(join(folder, 'failed-batch.json'), 'utf8')) as object;
  expect(json).toMatchObject({ loss: 'NaN', images: BATCH.images, shape: [1, 1, 2, 3] });
  const npy = await readFile(join(folder, 'failed-batch.npy'));
  const header = npy.subarray(10, 10 + npy.readUInt16LE(8)).toString();
  expect(npy.subarray(1, 6).toString()).toBe('NUMPY');
  expect((10 + header.length) % 64).toBe(0);
  expect(header).toContain("'descr': '<f4', 'fortran_order': False, 'shape': (1, 1, 2, 3,)");
  expect(npy.length).toBe(10 + header.length + 24);
  expect(npy.readFloatLE(npy.length - 4)).toBe(6);
  await rm(folder, { recursive: true });
});

it('is the same error when nothing can be saved', async () => {
  const error = await reportFailedBatch(join(tmpdir(), 'isometry', 'is', 'not', 'there'), BATCH);
  expect(error.code).toBe('TRAINING_DIVERGED');
  expect(error.details).not.toHaveProperty('saved');
});
