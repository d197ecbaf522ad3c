import type { Variable } from '@tensorflow/tfjs-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '@isometry/core';
import { loadTfjs, type Tfjs } from '../tfjs.ts';
import { createAdam, type Adam } from './adam.ts';
import { relativeError } from './central-differences.case.ts';
import { quietJavaScriptBackend } from './javascript-backend.case.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
  await quietJavaScriptBackend(tf);
});
afterAll(async () => {
  await tf.setBackend('tensorflow');
});

const START = [1, -2, 0.5, 3];
const RATE = 0.01;

/** Gradients of step `index`, of sizes 1e-3 to 1. */
function gradientAt(index: number, name: string): number[] {
  const random = createRandom(index, name);
  return START.map((_, at) => Math.fround((random.next() - 0.5) * 10 ** -at));
}

/** Keras' formula in float64. */
function expectedWeights(steps: number, epsilon = 1e-7): number[] {
  return START.map((start, at) => {
    let [weight, m, v] = [start, 0, 0];
    for (let step = 1; step <= steps; step += 1) {
      const g = gradientAt(step, 'a')[at] as number;
      m += (g - m) * (1 - 0.9);
      v += (g * g - v) * (1 - 0.999);
      const rate = (RATE * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
      weight -= (rate * m) / (Math.sqrt(v) + epsilon);
    }
    return weight;
  });
}

describe.each(['tensorflow', 'cpu'])('Adam on backend %s', (backend) => {
  let a: Variable;
  let b: Variable;
  beforeEach(async () => {
    await tf.setBackend(backend);
    a = tf.variable(tf.tensor2d(START, [2, 2]), true, 'a');
    b = tf.variable(tf.tensor2d(START, [2, 2]), true, 'b');
    return () => tf.dispose([a, b]);
  });

  function step(adam: Adam, index: number, variables: readonly Variable[]): void {
    tf.tidy(() =>
      adam.step(
        Object.fromEntries(
          variables.map(({ name }) => [name, tf.tensor2d(gradientAt(index, name), [2, 2])]),
        ),
        RATE,
      ),
    );
  }
  const bits = (variable: Variable): number[] => [...variable.dataSync()];

  it("takes Keras' steps", () => {
    const adam = createAdam(tf);
    for (let index = 1; index <= 10; index += 1) step(adam, index, [a]);
    // Ten additions of float32: measured 1e-7.
    expect(relativeError(a.dataSync(), expectedWeights(10))).toBeLessThan(5e-7);
    expect(bits(b)).toEqual(START);
    adam.dispose();
  });

  it('takes other settings', () => {
    const adam = createAdam(tf, { epsilon: 0.1 });
    step(adam, 1, [a]);
    expect(relativeError(a.dataSync(), expectedWeights(1, 0.1))).toBeLessThan(5e-7);
    adam.dispose();
  });

  it('continues with the same bits after its state was put back', () => {
    const whole = createAdam(tf);
    for (const index of [1, 2, 3]) step(whole, index, [a, b]);
    const state = structuredClone(whole.state());
    const weights = bits(a);
    for (const index of [4, 5, 6]) step(whole, index, [a]);
    const expected = bits(a);
    const expectedState = whole.state();

    const resumed = createAdam(tf);
    step(resumed, 99, [a, b]);
    tf.tidy(() => a.assign(tf.tensor2d(weights, [2, 2])));
    resumed.restore(state);
    expect(resumed.state()).toEqual(state);
    for (const index of [4, 5, 6]) step(resumed, index, [a]);
    expect(bits(a)).toEqual(expected);
    expect(resumed.state()).toEqual(expectedState);
    whole.dispose();
    resumed.dispose();
  });

  it('keeps the moments of a variable that is left out for a while', () => {
    const adam = createAdam(tf);
    step(adam, 1, [a, b]);
    const before = adam.state();
    step(adam, 2, [b]);
    const after = adam.state();
    expect(after.iterations).toBe(2);
    expect(after.moments['a']).toEqual(before.moments['a']);
    expect(after.moments['b']).not.toEqual(before.moments['b']);
    step(adam, 3, [b, a]);
    expect(Object.keys(adam.state().moments)).toEqual(['a', 'b']);
    adam.dispose();
  });

  it('steps from the weights that others wrote, and leaves their tensors alone', () => {
    const adam = createAdam(tf);
    step(adam, 1, [a]);
    const written = tf.tensor2d([10, 20, 30, 40], [2, 2]);
    a.assign(written);
    const held = a.clone();
    step(adam, 2, [a]);
    expect([...written.dataSync()]).toEqual([10, 20, 30, 40]);
    expect([...held.dataSync()]).toEqual([10, 20, 30, 40]);
    expect(relativeError(a.dataSync(), [10, 20, 30, 40])).toBeLessThan(0.002);
    expect(bits(a)).not.toEqual([10, 20, 30, 40]);
    tf.dispose([written, held]);
    adam.dispose();
  });

  it('leaves the gradients to the caller, as they were', () => {
    const adam = createAdam(tf);
    const gradient = tf.tensor2d(gradientAt(1, 'a'), [2, 2]);
    adam.step({ a: gradient }, RATE);
    adam.step({ a: gradient }, RATE);
    expect([...gradient.dataSync()]).toEqual(gradientAt(1, 'a'));
    gradient.dispose();
    expect(bits(a).every(Number.isFinite)).toBe(true);
    adam.dispose();
  });

  it('holds as many tensors after a step as before, and none when disposed', () => {
    const none = tf.memory().numTensors;
    const adam = createAdam(tf);
    step(adam, 1, [a, b]);
    const some = tf.memory().numTensors;
    for (const index of [2, 3, 4]) step(adam, index, [a, b]);
    adam.restore(adam.state());
    step(adam, 5, [a]);
    expect(tf.memory().numTensors).toBe(some);
    adam.dispose();
    expect(tf.memory().numTensors).toBe(none);
  });

  it('refuses an unknown variable and another shape', () => {
    const adam = createAdam(tf);
    tf.tidy(() => {
      const gradient = tf.ones([2, 2]);
      expect(() => adam.step({ missing: gradient }, RATE)).toThrow(
        expect.objectContaining({ code: 'TENSOR_INVALID' }),
      );
      expect(() => adam.step({ a: tf.ones([4]) }, RATE)).toThrow(
        expect.objectContaining({ code: 'TENSOR_INVALID' }),
      );
    });
    expect(adam.state()).toEqual({ iterations: 0, moments: {} });
    adam.dispose();
  });
});

it("frees TensorFlow's memory when disposed", async () => {
  await tf.setBackend('tensorflow');
  // 64 MB of moments and weight an optimiser: 540 MB in all if the resources stayed.
  const weight = tf.variable(tf.zeros([5_600_000]), true, 'large');
  const gradient = tf.ones([5_600_000]);
  const once = (): void => {
    const adam = createAdam(tf);
    adam.step({ large: gradient }, RATE);
    adam.dispose();
  };
  for (let round = 0; round < 3; round += 1) once();
  const before = process.memoryUsage.rss();
  for (let round = 0; round < 8; round += 1) once();
  expect(process.memoryUsage.rss() - before).toBeLessThan(150e6);
  tf.dispose([weight, gradient]);
});

it('hands out the moments of a network larger than a Set: 2^24 values', async () => {
  await tf.setBackend('tensorflow');
  const size = 2 ** 23 + 1;
  const weight = tf.variable(tf.zeros([size]), true, 'huge');
  const adam = createAdam(tf);
  tf.tidy(() => adam.step({ huge: tf.linspace(0.5, 1, size) }, RATE));
  const { m, v } = adam.state().moments['huge'] as { m: Float32Array; v: Float32Array };
  expect([m.length, v.length]).toEqual([size, size]);
  expect(m.at(-1)).toBeCloseTo(0.1, 6);
  expect(v.at(-1)).toBeCloseTo(0.001, 6);
  adam.dispose();
  tf.dispose(weight);
});
