import type { Tensor4D } from '@tensorflow/tfjs-node';
import { expect, it } from 'vitest';
import { estimateBatchNorm } from './batch-norm.ts';
import { trainableLayers } from './kernels/layers.ts';
import { loadTfjs } from './tfjs.ts';

it('averages the statistics of the batches, and leaves momentum and weights as they were', async () => {
  const tf = await loadTfjs();
  const input = tf.input({ shape: [2, 2, 3] });
  const layer = tf.layers.batchNormalization({ momentum: 0.99 });
  const model = tf.model({ inputs: input, outputs: layer.apply(input) as typeof input });
  const batches = [1, 2, 3].map(
    (seed) => tf.randomNormal([8, 2, 2, 3], seed, seed, 'float32', seed) as Tensor4D,
  );
  const expected = tf.tidy(() => {
    const moments = batches.map((batch) => tf.moments(batch, [0, 1, 2]));
    const average = (pick: 'mean' | 'variance') => [
      ...tf
        .stack(moments.map((own) => own[pick]))
        .mean(0)
        .dataSync(),
    ];
    return { mean: average('mean'), variance: average('variance') };
  });
  const tensors = tf.memory().numTensors;
  await estimateBatchNorm(tf, model, batches);
  // The three batches are gone, nothing else was left.
  expect(tf.memory().numTensors).toBe(tensors - 3);
  const [gamma, beta, mean, variance] = layer.getWeights().map((weight) => [...weight.dataSync()]);
  expect(gamma).toEqual([1, 1, 1]);
  expect(beta).toEqual([0, 0, 0]);
  for (const channel of [0, 1, 2]) {
    // Two roundings of float32 per batch.
    expect(mean?.[channel]).toBeCloseTo(expected.mean[channel] as number, 5);
    expect(variance?.[channel]).toBeCloseTo(expected.variance[channel] as number, 5);
  }
  expect((layer as unknown as { momentum: number }).momentum).toBe(0.99);
});

it('leaves the statistics of a frozen layer alone', async () => {
  const tf = await loadTfjs();
  const input = tf.input({ shape: [2, 2, 3] });
  const [frozen, free] = [
    trainableLayers(tf).batchNormalization({}),
    trainableLayers(tf).batchNormalization({}),
  ];
  frozen.trainable = false;
  const output = free.apply(frozen.apply(input)) as typeof input;
  const model = tf.model({ inputs: input, outputs: output });
  const statistics = (layer: typeof free) =>
    layer
      .getWeights()
      .slice(2)
      .map((weight) => [...weight.dataSync()]);
  const before = statistics(free);
  expect(statistics(frozen)).toEqual(before);
  await estimateBatchNorm(tf, model, [
    tf.randomNormal([8, 2, 2, 3], 2, 3, 'float32', 1) as Tensor4D,
  ]);
  expect(statistics(frozen)).toEqual(before);
  expect(statistics(free)).not.toEqual(before);
});
