import type { LayersModel, Tensor } from '@tensorflow/tfjs-node';
import { beforeAll, expect, it } from 'vitest';
import { loadTfjs, type Tfjs } from './tfjs.ts';
import { assertFiniteWeights } from './training-diverged.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
});

const WHERE = { stage: 'test', epoch: 4 };

/** Dense layers of 6 and 3 numbers with a batch norm of 4 times 3 between them, the first one frozen. */
function createModel(): LayersModel {
  return tf.sequential({
    layers: [
      tf.layers.dense({
        inputShape: [2],
        units: 3,
        useBias: false,
        name: 'first',
        trainable: false,
      }),
      tf.layers.batchNormalization({ name: 'bn' }),
      tf.layers.dense({ units: 1, useBias: false, name: 'last' }),
    ],
  });
}

/** Puts numbers in the place of a weight's first ones. */
function spoil(model: LayersModel, name: string, numbers: readonly number[]): void {
  const weight = model.weights.find(({ originalName }) => originalName === name);
  if (weight === undefined) throw new TypeError(`no ${name}`);
  tf.tidy(() => {
    const values = [...(weight.read() as Tensor).dataSync()];
    values.splice(0, numbers.length, ...numbers);
    weight.write(tf.tensor(values, weight.shape as number[]));
  });
}

it('passes every finite number, the largest and the smallest', () => {
  const model = createModel();
  spoil(model, 'first/kernel', [3.4028234e38, -3.4028234e38, 1e-45, -0]);
  const before = tf.memory().numTensors;
  expect(() => assertFiniteWeights(tf, model, WHERE)).not.toThrow();
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

it.each([
  ['first/kernel', [1, Number.NaN], 6],
  ['bn/moving_variance', [Number.POSITIVE_INFINITY], 3],
  ['last/kernel', [1, 2, Number.NEGATIVE_INFINITY], 3],
])('finds one number of %s', (name, numbers, of) => {
  const model = createModel();
  spoil(model, name, numbers);
  const before = tf.memory().numTensors;
  expect(() => assertFiniteWeights(tf, model, WHERE)).toThrow(
    expect.objectContaining({
      code: 'TRAINING_DIVERGED',
      message: `Weights became NaN or infinite in stage test, epoch 4: 1 of ${of} in ${name}.`,
      details: { ...WHERE, weights: [{ weight: name, notFinite: 1, of }] },
    }),
  );
  expect(tf.memory().numTensors).toBe(before);
  model.dispose();
});

it('names the first ones of many, and has them all in the details', () => {
  const model = createModel();
  for (const { originalName } of model.weights) spoil(model, originalName, [Number.NaN, 0]);
  expect(() => assertFiniteWeights(tf, model, WHERE)).toThrow(
    expect.objectContaining({
      message: expect.stringMatching(
        /: 1 of \d in .*, 1 of \d in .*, 1 of \d in .*, and some in 3 more\.$/,
      ) as string,
      details: {
        ...WHERE,
        weights: model.weights.map(() => expect.objectContaining({ notFinite: 1 }) as object),
      },
    }),
  );
  model.dispose();
});
