import type { Tensor } from '@tensorflow/tfjs-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadTfjs, type Tfjs } from '../tfjs.ts';
import { quietJavaScriptBackend } from './javascript-backend.case.ts';
import { trainableLayers } from './layers.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
  await quietJavaScriptBackend(tf);
});
afterAll(async () => {
  await tf.setBackend('tensorflow');
});

const X = [-7, -1e-6, 0, 1e-6, 3, 5.75, 6, 6.25, 40];
const DY = [1, -2, 3, -4, 5, -6, 7, -8, 9];

describe.each(['tensorflow', 'cpu'])('rectified linear units on backend %s', (backend) => {
  beforeEach(async () => {
    await tf.setBackend(backend);
  });

  it.each([
    ['relu', Infinity],
    ['relu6', 6],
  ] as const)("%s has TensorFlow's value and gradient, at its corners too", (kind, limit) => {
    tf.tidy(() => {
      const layer = trainableLayers(tf)[kind](`${kind}_on_${backend}`);
      const x = tf.tensor2d(X, [3, 3]);
      const y = layer.apply(x) as Tensor;
      expect(y.shape).toEqual([3, 3]);
      const expected = X.map((value) => Math.fround(Math.min(Math.max(value, 0), limit)));
      expect([...y.dataSync()]).toEqual(expected);
      const gradient = tf.grad((input) => layer.apply(input) as Tensor)(x, tf.tensor2d(DY, [3, 3]));
      // Adding 0 turns -0, where the gradient is cut off, into 0.
      expect([...gradient.dataSync()].map((value) => value + 0)).toEqual(
        DY.map((value, at) => ((X[at] as number) > 0 && (X[at] as number) < limit ? value : 0)),
      );
    });
  });
});
