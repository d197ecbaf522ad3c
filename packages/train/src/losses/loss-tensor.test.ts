import type { Tensor2D } from '@tensorflow/tfjs-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { resolveLoss } from './loss-presets.ts';
import { lossTensor } from './loss-tensor.ts';
import { createMetricLoss } from './metric-loss.ts';
import { loadTfjs, type Tfjs } from '../tfjs.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
});

const ROWS = [
  [1, 2],
  [3, 5],
  [0, 1],
  [2, 2],
];
const LABELS = [0, 0, 1, 1];

describe('lossTensor', () => {
  it('gives value and gradient to what comes before and after it', () => {
    const loss = createMetricLoss(resolveLoss('lifted-structured'));
    const expected = loss(
      Float64Array.from(ROWS.flat(), (value) => 2 * value),
      LABELS,
    );
    const told: number[] = [];
    const input = tf.tensor2d(ROWS);
    const { value, grad } = tf.valueAndGrad((x) =>
      lossTensor(tf, loss, x.mul(2), LABELS, (result) => {
        told.push(result.value, result.statistics.activeShare);
      }).mul(3),
    )(input);
    // Float32 rounds 24 bits.
    expect(value.dataSync()[0]).toBeCloseTo(3 * expected.value, 4);
    const gradient = [...grad.dataSync()];
    for (const [index, own] of gradient.entries()) {
      expect(own).toBeCloseTo(6 * (expected.gradient[index] as number), 4);
    }
    expect(told).toEqual([expected.value, expected.statistics.activeShare]);
    tf.dispose([input, value, grad]);
  });

  it('leaves no tensor behind', () => {
    const loss = createMetricLoss(resolveLoss('triplet'));
    const input = tf.variable(tf.tensor2d(ROWS));
    const step = (): void => {
      const { value, grads } = tf.variableGrads(() =>
        lossTensor(tf, loss, input as unknown as Tensor2D, LABELS),
      );
      tf.dispose([value, grads]);
    };
    step();
    const before = tf.memory().numTensors;
    for (let round = 0; round < 10; round += 1) step();
    expect(tf.memory().numTensors).toBe(before);
    input.dispose();
  });

  it('passes NaN on', () => {
    const loss = createMetricLoss(resolveLoss('triplet'));
    const value = tf.tidy(() => lossTensor(tf, loss, tf.tensor2d([[NaN, 1]]), [0]).dataSync()[0]);
    expect(value).toBeNaN();
  });
});
