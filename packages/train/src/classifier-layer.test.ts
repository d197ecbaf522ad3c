import type { Tensor2D } from '@tensorflow/tfjs-node';
import { beforeAll, expect, it } from 'vitest';
import { createClassifierLayer } from './classifier-layer.ts';
import { loadTfjs, type Tfjs } from './tfjs.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
});

const SIZES = { embeddingSize: 3, classes: 2, seed: 1 };
const ROWS = [
  [0.6, 0, 0.8],
  [0, 1, 0],
];

it('trains on scaled cosines, and is a plain Dense that does the same afterwards', () => {
  const classifier = createClassifierLayer(tf, { ...SIZES, cosineScale: 16 });
  const input = tf.input({ shape: [3] });
  const model = tf.model({ inputs: input, outputs: classifier.layer.apply(input) as typeof input });
  const x = tf.tensor2d(ROWS);
  const cosines = (model.apply(x) as Tensor2D).arraySync();
  const [kernel] = classifier.layer.getWeights();
  const columns = (kernel as Tensor2D).transpose<Tensor2D>().arraySync();
  for (const [row, own] of ROWS.entries()) {
    for (const [column, vector] of columns.entries()) {
      const dot = own.reduce((sum, value, at) => sum + value * (vector[at] as number), 0);
      expect(cosines[row]?.[column]).toBeCloseTo((16 * dot) / Math.hypot(...vector), 4);
    }
  }
  classifier.makeLinear();
  const linear = (model.apply(x) as Tensor2D).arraySync();
  for (const [row, own] of linear.entries()) {
    for (const [column, value] of own.entries()) {
      expect(value).toBeCloseTo(cosines[row]?.[column] as number, 4);
    }
  }
  const saved = model.toJSON(undefined, false) as unknown as {
    config: { layers: { class_name: string }[] };
  };
  expect(saved.config.layers.at(-1)?.class_name).toBe('Dense');

  classifier.shiftBias([1, -2]);
  const shifted = (model.apply(x) as Tensor2D).arraySync();
  expect(shifted[0]?.[1]).toBeCloseTo((linear[0]?.[1] as number) - 2, 4);
});

it('is linear from the start at scale 0, and takes weights', () => {
  const classifier = createClassifierLayer(tf, { ...SIZES, cosineScale: 0 });
  const input = tf.input({ shape: [3] });
  const model = tf.model({ inputs: input, outputs: classifier.layer.apply(input) as typeof input });
  classifier.makeLinear({
    kernel: Float32Array.of(1, 2, 3, 4, 5, 6),
    bias: Float32Array.of(0.5, -0.5),
  });
  expect((model.apply(tf.tensor2d([[1, 0, 1]])) as Tensor2D).arraySync()).toEqual([[6.5, 7.5]]);
});

it('learns the direction of the class vectors', () => {
  const classifier = createClassifierLayer(tf, { ...SIZES, cosineScale: 4 });
  const input = tf.input({ shape: [3] });
  const model = tf.model({ inputs: input, outputs: classifier.layer.apply(input) as typeof input });
  const x = tf.tensor2d(ROWS);
  const { grads } = tf.variableGrads(() =>
    tf.losses.softmaxCrossEntropy(tf.eye(2), model.apply(x) as Tensor2D).asScalar(),
  );
  const [gradient] = Object.values(grads) as [Tensor2D];
  const [kernel] = classifier.layer.getWeights() as [Tensor2D];
  // A longer vector gives the same cosine: the gradient is across it.
  for (const along of gradient.mul(kernel).sum(0).dataSync()) expect(along).toBeCloseTo(0, 5);
  expect(gradient.abs().sum().dataSync()[0]).toBeGreaterThan(0.01);
});
