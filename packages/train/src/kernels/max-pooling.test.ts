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

const CONFIGS: readonly NonNullable<Parameters<Tfjs['layers']['maxPooling2d']>[0]>[] = [
  { poolSize: 3, strides: 2, padding: 'valid' },
  { poolSize: 3, strides: 2, padding: 'same' },
  { poolSize: [1, 2], strides: [2, 1], padding: 'valid' },
];

describe.each(['tensorflow', 'cpu'])('max pooling on backend %s', (backend) => {
  beforeEach(async () => {
    await tf.setBackend(backend);
  });

  it.each(CONFIGS)('has value and gradient of the stock layer, %j', (config) => {
    tf.tidy(() => {
      const x = tf.randomUniform([2, 7, 6, 5], -1, 1, 'float32', 1);
      const [ours, stock] = [
        trainableLayers(tf).maxPooling2d(config),
        tf.layers.maxPooling2d(config),
      ].map((layer) => {
        const run = (input: Tensor): Tensor => layer.apply(input, { training: true }) as Tensor;
        const y = run(x);
        const dy = tf.randomUniform(y.shape, -1, 1, 'float32', 2);
        const gradient = tf.grad(run)(x, dy);
        return { y: [...y.dataSync()], gradient: [...gradient.dataSync()] };
      }) as [{ y: number[]; gradient: number[] }, { y: number[]; gradient: number[] }];
      expect(ours.y).toEqual(stock.y);
      for (const [at, value] of ours.gradient.entries()) {
        // Windows overlap: up to four values of 1 are added, in any order.
        expect(Math.abs(value - (stock.gradient[at] as number))).toBeLessThan(1e-6);
      }
    });
  });

  it('gives a tie to one of the values', () => {
    tf.tidy(() => {
      const layer = trainableLayers(tf).maxPooling2d({ poolSize: 2 });
      const gradient = tf.grad((x) => layer.apply(x, { training: true }) as Tensor)(
        tf.tensor4d([3, 3, 1, 3], [1, 2, 2, 1]),
        tf.tensor4d([5], [1, 1, 1, 1]),
      );
      const values = [...gradient.dataSync()];
      expect(values.toSorted((a, b) => a - b)).toEqual([0, 0, 0, 5]);
      expect(values[2]).toBe(0);
    });
  });
});
