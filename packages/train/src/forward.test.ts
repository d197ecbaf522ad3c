import { expect, it } from 'vitest';
import type { BatchRequest } from './data/make-batch.ts';
import { forwardBatch, loadInputs } from './forward.ts';
import { loadTfjs } from './tfjs.ts';

it('takes fewer large images at a time', () => {
  expect(forwardBatch([128, 128])).toBe(64);
  expect(forwardBatch([256, 256])).toBe(64);
  expect(forwardBatch([512, 512])).toBe(16);
  expect(forwardBatch([1024, 1024])).toBe(4);
});

it('loads every image once and in order, and stops when it is told to', async () => {
  const tf = await loadTfjs();
  const before = tf.memory().numTensors;
  const asked: number[] = [];
  const controller = new AbortController();
  const load = ({ images }: BatchRequest) => {
    asked.push(...images);
    return Promise.resolve(new Float32Array(images.length * 3));
  };
  const images = Array.from({ length: 150 }, (_, index) => 2 * index);
  const shapes: number[][] = [];
  for await (const input of loadInputs(tf, images, { loader: { load }, inputSize: [1, 1] })) {
    shapes.push(input.shape);
    input.dispose();
  }
  expect(asked).toEqual(images);
  expect(shapes.map(([count]) => count)).toEqual([64, 64, 22]);

  const { signal } = controller;
  const stopped = loadInputs(tf, images, { loader: { load }, inputSize: [1, 1], signal });
  (await stopped.next()).value?.dispose();
  controller.abort();
  await expect(stopped.next()).rejects.toMatchObject({ code: 'ABORTED' });
  expect(tf.memory().numTensors).toBe(before);
});
