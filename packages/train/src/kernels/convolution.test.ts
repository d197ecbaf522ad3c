import type { Tensor, Tensor4D } from '@tensorflow/tfjs-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadTfjs, type Tfjs } from '../tfjs.ts';
import { relativeError } from './central-differences.case.ts';
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

/** Float32 sums of up to 54 products in another order. */
const TOLERANCE = 2e-6;

describe.each(['tensorflow', 'cpu'])('convolution on backend %s', (backend) => {
  beforeEach(async () => {
    await tf.setBackend(backend);
  });

  it.each([
    { filters: 4, kernelSize: 3, padding: 'same' },
    { filters: 4, kernelSize: 3, padding: 'valid', strides: 2, useBias: false },
    { filters: 4, kernelSize: [1, 3], padding: 'same' },
    { filters: 4, kernelSize: 1, strides: 2 },
    { filters: 4, kernelSize: 3, padding: 'same', activation: 'relu' },
  ] as const)('has value and gradients of the stock layer, %j', (given) => {
    const config = { ...given, kernelSize: toMutable(given.kernelSize) };
    tf.tidy(() => {
      const x = tf.randomUniform([2, 6, 5, 6], -1, 1, 'float32', 1) as Tensor4D;
      const layers = [trainableLayers(tf).conv2d(config), tf.layers.conv2d(config)] as const;
      const [ours, stock] = layers.map((layer) => {
        layer.apply(tf.input({ shape: [6, 5, 6] }));
        layer.setWeights(
          layer.weights.map(({ shape }, at) =>
            tf.randomUniform(shape as number[], -1, 1, 'float32', at + 2),
          ),
        );
        const weights = layer.weights.map((weight) => weight.read());
        const outputs = layer.apply(x, { training: true }) as Tensor4D;
        const dy = tf.randomUniform(outputs.shape, -1, 1, 'float32', 9);
        const gradients = tf.grads(() =>
          (layer.apply(x, { training: true }) as Tensor).mul(dy).sum(),
        )([x, ...weights]);
        return [outputs, ...gradients].map((tensor) => [...tensor.dataSync()]);
      }) as [number[][], number[][]];
      expect(ours).toHaveLength(stock.length);
      for (const [at, values] of ours.entries()) {
        expect(relativeError(values, stock[at] as number[])).toBeLessThan(TOLERANCE);
      }
      for (const layer of layers) layer.dispose();
    });
  });
});

function toMutable(size: number | readonly [number, number]): number | [number, number] {
  return typeof size === 'number' ? size : [...size];
}
