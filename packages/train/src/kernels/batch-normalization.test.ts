import type { Tensor, Variable } from '@tensorflow/tfjs-node';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createRandom } from '@isometry/core';
import { loadTfjs, type Tfjs } from '../tfjs.ts';
import { centralDifferences, relativeError } from './central-differences.case.ts';
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

const CHANNELS = 3;
const EPSILON = 1e-3;
const MOMENTUM = 0.9;
const SHAPES = { '4-D': [2, 3, 2, CHANNELS], '2-D': [5, CHANNELS] };

/** Float32 rounding, measured: at most 4e-7 in every case below. */
const TOLERANCE = 2e-6;

type Layer = ReturnType<Tfjs['layers']['batchNormalization']>;

interface Case {
  readonly layer: Layer;
  readonly shape: number[];
  readonly x: number[];
  readonly gamma: number[];
  readonly beta: number[];
  /** The objective of the gradients is the sum of the output times these. */
  readonly weights: number[];
}

function createCase(
  options: Parameters<Tfjs['layers']['batchNormalization']>[0] & { readonly shape?: number[] } = {},
): Case {
  const { shape = SHAPES['4-D'], ...config } = options;
  const layer = trainableLayers(tf).batchNormalization({
    epsilon: EPSILON,
    momentum: MOMENTUM,
    ...config,
  });
  layer.apply(tf.input({ shape: shape.slice(1) }));
  const random = createRandom(1, 'batch-normalization');
  const draw = (count: number): number[] =>
    Array.from({ length: count }, () => Math.fround(4 * random.next() - 2));
  const size = shape.reduce((product, side) => product * side, 1);
  const gamma = draw(CHANNELS);
  const beta = draw(CHANNELS);
  const given = [
    ...(config?.scale === false ? [] : [gamma]),
    ...(config?.center === false ? [] : [beta]),
    draw(CHANNELS),
    draw(CHANNELS).map((value) => Math.abs(value) + 1),
  ];
  tf.tidy(() => layer.setWeights(given.map((values) => tf.tensor1d(values))));
  return {
    layer,
    shape,
    x: draw(size),
    gamma: config?.scale === false ? [1, 1, 1] : gamma,
    beta: config?.center === false ? [0, 0, 0] : beta,
    weights: draw(size),
  };
}

function statisticsOf(x: readonly number[]): { mean: number[]; variance: number[] } {
  const channels = [0, 1, 2].map((channel) => x.filter((_, at) => at % CHANNELS === channel));
  const mean = channels.map((values) => values.reduce((sum, v) => sum + v, 0) / values.length);
  const variance = channels.map(
    (values, channel) =>
      values.reduce((sum, v) => sum + (v - (mean[channel] as number)) ** 2, 0) / values.length,
  );
  return { mean, variance };
}

function expectedOutput(
  { gamma, beta }: Pick<Case, 'gamma' | 'beta'>,
  x: readonly number[],
  statistics = statisticsOf(x),
): number[] {
  return x.map((value, at) => {
    const channel = at % CHANNELS;
    const { mean, variance } = statistics;
    const unit =
      (value - (mean[channel] as number)) / Math.sqrt((variance[channel] as number) + EPSILON);
    return unit * (gamma[channel] as number) + (beta[channel] as number);
  });
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
}

function valuesOf(layer: Layer): Record<string, Float32Array> {
  return Object.fromEntries(
    layer.weights.map((weight) => [
      weight.originalName.split('/').at(-1) as string,
      Float32Array.from(weight.read().dataSync()),
    ]),
  );
}

/** Output, and gradients of `sum(weights * output)` by the input and by the layer's trainable weights. */
function run(
  { layer, shape, x, weights }: Case,
  training: boolean,
): { readonly output: Float32Array; readonly gradients: Record<string, Float32Array> } {
  const input = tf.variable(tf.tensor(x, shape), true, 'input');
  const variables = layer.trainableWeights.map((weight) => weight.read() as Variable);
  let output = new Float32Array();
  const { value, grads } = tf.variableGrads(() => {
    const y = layer.apply(input, { training }) as Tensor;
    output = Float32Array.from(y.dataSync());
    return y.mul(tf.tensor(weights, shape)).sum().asScalar();
  }, [input, ...variables]);
  const gradients = Object.fromEntries(
    Object.entries(grads).map(([name, gradient]) => [
      name.split('/').at(-1) as string,
      Float32Array.from(gradient.dataSync()),
    ]),
  );
  tf.dispose([input, value, ...Object.values(grads)]);
  return { output, gradients };
}

describe.each(['tensorflow', 'cpu'])('batch normalisation on backend %s', (backend) => {
  beforeEach(async () => {
    await tf.setBackend(backend);
  });

  describe.each(Object.entries(SHAPES))('%s', (_, shape) => {
    it.each([
      { scale: true, center: true },
      { scale: false, center: true },
      { scale: true, center: false },
      { scale: false, center: false },
    ])('trains with value and gradients of the formula, %j', (config) => {
      const own = createCase({ ...config, shape });
      const { output, gradients } = run(own, true);
      expect(relativeError(output, expectedOutput(own, own.x))).toBeLessThan(TOLERANCE);
      const objective = (changed: Partial<Case>): number => {
        const all = { ...own, ...changed };
        return dot(own.weights, expectedOutput(all, all.x));
      };
      const expected = {
        input: centralDifferences(own.x, (x) => objective({ x: [...x] })),
        ...(config.scale && {
          gamma: centralDifferences(own.gamma, (gamma) => objective({ gamma: [...gamma] })),
        }),
        ...(config.center && {
          beta: centralDifferences(own.beta, (beta) => objective({ beta: [...beta] })),
        }),
      };
      expect(Object.keys(gradients).toSorted()).toEqual(Object.keys(expected).toSorted());
      for (const [name, values] of Object.entries(expected)) {
        expect(relativeError(gradients[name] as Float32Array, values)).toBeLessThan(TOLERANCE);
      }
      own.layer.dispose();
    });

    it.each([true, false])(
      'normalises by its moving statistics outside training, scale %s',
      (scale) => {
        const own = createCase({ scale, shape });
        const before = valuesOf(own.layer);
        const { output, gradients } = run(own, false);
        const statistics = {
          mean: [...(before['moving_mean'] as Float32Array)],
          variance: [...(before['moving_variance'] as Float32Array)],
        };
        const infer = (x: readonly number[]) => expectedOutput(own, x, statistics);
        expect(relativeError(output, infer(own.x))).toBeLessThan(TOLERANCE);
        const expected = centralDifferences(own.x, (x) => dot(own.weights, infer(x)));
        expect(relativeError(gradients['input'] as Float32Array, expected)).toBeLessThan(TOLERANCE);
        expect(valuesOf(own.layer)).toEqual(before);
        own.layer.dispose();
      },
    );

    it("moves its statistics by Keras' rule", () => {
      const own = createCase({ shape });
      const before = valuesOf(own.layer);
      run(own, true);
      const after = valuesOf(own.layer);
      const { mean, variance } = statisticsOf(own.x);
      const count = own.x.length / CHANNELS;
      // Keras' fused kernel, for 4-D inputs, corrects the bias of the variance.
      const unbias = shape.length === 4 ? count / (count - 1) : 1;
      const move = (old: number, value: number): number => MOMENTUM * old + (1 - MOMENTUM) * value;
      expect(
        relativeError(
          after['moving_mean'] as Float32Array,
          [...(before['moving_mean'] as Float32Array)].map((old, at) =>
            move(old, mean[at] as number),
          ),
        ),
      ).toBeLessThan(TOLERANCE);
      expect(
        relativeError(
          after['moving_variance'] as Float32Array,
          [...(before['moving_variance'] as Float32Array)].map((old, at) =>
            move(old, unbias * (variance[at] as number)),
          ),
        ),
      ).toBeLessThan(TOLERANCE);
      own.layer.dispose();
    });
  });

  it('leaves every byte of a frozen layer alone, and passes the gradient on', () => {
    const own = createCase();
    own.layer.trainable = false;
    const before = valuesOf(own.layer);
    const inference = run(own, false);
    for (let step = 0; step < 20; step += 1) {
      expect(run(own, true)).toEqual({
        output: inference.output,
        gradients: { input: inference.gradients['input'] },
      });
    }
    expect(valuesOf(own.layer)).toEqual(before);
    own.layer.trainable = true;
    run(own, true);
    expect(valuesOf(own.layer)['moving_mean']).not.toEqual(before['moving_mean']);
    own.layer.dispose();
  });

  it('survives a single value a channel', () => {
    const own = createCase({ shape: [1, 1, 1, CHANNELS] });
    const { output, gradients } = run(own, true);
    expect([...output]).toEqual(own.beta);
    expect([...(gradients['input'] as Float32Array)].map(Math.abs)).toEqual([0, 0, 0]);
    expect(
      [...(valuesOf(own.layer)['moving_variance'] as Float32Array)].every(Number.isFinite),
    ).toBe(true);
    own.layer.dispose();
  });
});
