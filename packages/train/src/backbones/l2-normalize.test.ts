import type { Tensor2D } from '@tensorflow/tfjs-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { l2Normalize } from './l2-normalize.ts';
import { createNetwork } from '../network.ts';
import { loadTfjs, type Tfjs } from '../tfjs.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
});

const ROWS = [
  [3, 4, 0],
  [-1, 2, 2],
  [1e-4, 0, 1e-4],
];

describe('l2Normalize', () => {
  it('divides by the norm, and a zero row by epsilon', () => {
    tf.tidy(() => {
      const layer = l2Normalize(tf, 'unit');
      const output = layer.apply(tf.tensor2d([...ROWS, [0, 0, 0]])) as Tensor2D;
      const expected = ROWS.map((row) => row.map((value) => value / Math.hypot(...row)));
      for (const [index, row] of [...expected, [0, 0, 0]].entries()) {
        for (const [axis, value] of row.entries()) {
          expect((output.arraySync()[index] as number[])[axis]).toBeCloseTo(value, 6);
        }
      }
    });
  });

  it('has the gradient of float64 differences, and a finite one at zero', () => {
    const weights = [0.3, -1.2, 0.7];
    const gradientOf = (row: readonly number[]): number[] =>
      tf.tidy(() => {
        const layer = l2Normalize(tf, 'unit');
        const gradient = tf.grad((x) =>
          (layer.apply(x) as Tensor2D).mul(tf.tensor1d(weights)).sum(),
        );
        return [...gradient(tf.tensor2d([[...row]])).dataSync()];
      });
    const objective = (row: readonly number[]): number =>
      row.reduce(
        (sum, value, axis) => sum + ((weights[axis] as number) * value) / Math.hypot(...row),
        0,
      );
    for (const row of ROWS) {
      const step = 1e-5 * Math.hypot(...row);
      for (const [axis, value] of gradientOf(row).entries()) {
        const moved = (by: number) => row.map((other, index) => other + (index === axis ? by : 0));
        const expected = (objective(moved(step)) - objective(moved(-step))) / (2 * step);
        expect(Math.abs(value - expected)).toBeLessThan(1e-5 * Math.max(1, Math.abs(expected)));
      }
    }
    expect(gradientOf([0, 0, 0]).every(Number.isFinite)).toBe(true);
  });

  it('survives saving and loading, with its epsilon in the config', async () => {
    const network = createNetwork(tf, {
      width: 32,
      height: 32,
      backbone: 'mobilenet',
      widthMultiplier: 0.25,
      batchNormMomentum: 0.99,
      embeddingSize: 4,
      normalise: true,
      classes: 2,
      cosineScale: 0,
      freeze: null,
      seed: 1,
    });
    expect(network.model.layers.map((layer) => layer.name).slice(-3)).toEqual([
      'embedding_dense',
      'embedding',
      'logits',
    ]);
    const saved: { artifacts?: Parameters<Parameters<typeof tf.io.withSaveHandler>[0]>[0] } = {};
    await network.model.save(
      tf.io.withSaveHandler((artifacts) => {
        saved.artifacts = artifacts;
        return Promise.resolve({
          modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' },
        });
      }),
    );
    const { artifacts } = saved;
    if (artifacts === undefined) throw new TypeError('nothing was saved');
    expect(JSON.stringify(artifacts.modelTopology)).toContain('"epsilon":1e-12');
    const loaded = await tf.loadLayersModel(tf.io.fromMemory(artifacts));
    const difference = tf.tidy(() => {
      const input = tf.randomUniform([2, 32, 32, 3], -1, 1, 'float32', 1);
      const [before] = network.model.predict(input) as Tensor2D[];
      const [after] = loaded.predict(input) as Tensor2D[];
      return (before as Tensor2D)
        .sub(after as Tensor2D)
        .abs()
        .max()
        .dataSync()[0];
    });
    expect(difference).toBe(0);
    network.dispose();
    for (const layer of loaded.layers) layer.dispose();
  });
});
