import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';
import { withGradient } from './custom-gradient.ts';
import { tensorFlowOps, type TensorFlowOps } from './tensorflow-ops.ts';

type MakeLayer = Tfjs['layers']['batchNormalization'];
type Layer = ReturnType<MakeLayer>;
type Call = Layer['call'];

/** A weight of tfjs-layers. */
interface LayerVariable {
  read(): Tensor;
  write(value: Tensor): unknown;
}

/** The part of tfjs' BatchNormalization that its types keep private. */
interface BatchNormalization {
  readonly axis: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly trainable: boolean;
  /** Undefined with `scale: false`. */
  readonly gamma?: LayerVariable;
  /** Undefined with `center: false`. */
  readonly beta?: LayerVariable;
  readonly movingMean: LayerVariable;
  readonly movingVariance: LayerVariable;
}

/**
 * Makes tfjs' BatchNormalization (same class name, config and weights) trainable as Keras' is:
 * TensorFlow's fused kernels on tfjs-node; `scale: false` and `center: false` train; a layer with
 * `trainable: false` normalises by its moving statistics and leaves them alone.
 *
 * The moving variance is of the unbiased kind (`n / (n - 1)`) for 4-D inputs, as in Keras 2, whose
 * fused kernel this is; for inputs of another rank it is the biased one, as in Keras.
 */
export function defineBatchNormalization(tf: Tfjs): MakeLayer {
  const Stock = tf.layers.batchNormalization({}).constructor as new (
    ...given: Parameters<MakeLayer>
  ) => Layer;
  class BatchNormalizationLayer extends Stock {
    override call(inputs: Parameters<Call>[0], options: Parameters<Call>[1]): Tensor | Tensor[] {
      const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
      // Its fields are private by type only.
      const layer = this as unknown as BatchNormalization;
      return tf.tidy(() => normalise(tf, layer, x, options['training'] === true));
    }
  }
  return (config) => new BatchNormalizationLayer(config);
}

function normalise(tf: Tfjs, layer: BatchNormalization, x: Tensor, isTraining: boolean): Tensor {
  const axis = layer.axis < 0 ? layer.axis + x.rank : layer.axis;
  const channels = x.shape[axis] as number;
  const gamma = layer.gamma?.read() ?? tf.ones([channels]);
  const beta = layer.beta?.read() ?? tf.zeros([channels]);
  const ops = tensorFlowOps(tf);
  const isFused = ops !== undefined && x.rank === 4 && axis === 3;
  if (isTraining && layer.trainable) {
    return isFused
      ? trainFused(tf, ops, layer, [x, gamma, beta])
      : trainComposed(tf, layer, [x, gamma, beta], axis);
  }
  return isFused
    ? inferFused(tf, ops, layer, [x, gamma, beta])
    : inferComposed(tf, layer, [x, gamma, beta], axis);
}

type Inputs = readonly [x: Tensor, gamma: Tensor, beta: Tensor];

function attributes(ops: TensorFlowOps, epsilon: number, isTraining: boolean) {
  return [
    ops.type('T'),
    ops.type('U'),
    ops.float('epsilon', epsilon),
    ops.string('data_format', 'NHWC'),
    ops.boolean('is_training', isTraining),
  ];
}

function trainFused(
  tf: Tfjs,
  ops: TensorFlowOps,
  layer: BatchNormalization,
  inputs: Inputs,
): Tensor {
  const shared = attributes(ops, layer.epsilon, true);
  return withGradient(tf, inputs, (x, gamma, beta) => {
    const outputs = ops.run(
      'FusedBatchNormV3',
      [...shared, ops.float('exponential_avg_factor', 1 - layer.momentum)],
      [x, gamma, beta, layer.movingMean.read(), layer.movingVariance.read()] as Tensor[],
      6,
    );
    const [y, mean, variance, ...reserved] = outputs as [Tensor, Tensor, Tensor, ...Tensor[]];
    // The op has averaged with the old ones already.
    layer.movingMean.write(mean);
    layer.movingVariance.write(variance);
    return {
      value: y,
      saved: [x, gamma, ...reserved] as Tensor[],
      gradient: (dy, saved) =>
        ops.run('FusedBatchNormGradV3', shared, [dy, ...saved], 5).slice(0, 3),
    };
  });
}

function inferFused(
  tf: Tfjs,
  ops: TensorFlowOps,
  layer: BatchNormalization,
  inputs: Inputs,
): Tensor {
  const shared = attributes(ops, layer.epsilon, false);
  return withGradient(tf, inputs, (x, gamma, beta) => {
    const statistics = [layer.movingMean.read(), layer.movingVariance.read()];
    const outputs = ops.run(
      'FusedBatchNormV3',
      shared,
      [x, gamma, beta, ...statistics] as Tensor[],
      6,
    );
    return {
      value: outputs[0] as Tensor,
      saved: [x, gamma, ...statistics, outputs[5] as Tensor] as Tensor[],
      gradient: (dy, saved) =>
        ops.run('FusedBatchNormGradV3', shared, [dy, ...saved], 5).slice(0, 3),
    };
  });
}

/** tfjs' own ops, whose gradients are the derivatives of the formula; only the statistics are not. */
function trainComposed(tf: Tfjs, layer: BatchNormalization, inputs: Inputs, axis: number): Tensor {
  const [x] = inputs;
  const others = x.shape.map((_, index) => index).filter((index) => index !== axis);
  const { mean, variance } = tf.moments(x, others);
  const count = x.size / (x.shape[axis] as number);
  const unbias = x.rank === 4 ? count / Math.max(count - 1, 1) : 1;
  move(layer.movingMean, mean, layer.momentum);
  move(layer.movingVariance, variance.mul(unbias), layer.momentum);
  return applyComposed(tf, inputs, [mean, variance], layer.epsilon, axis);
}

function move(average: LayerVariable, value: Tensor, momentum: number): void {
  const old = average.read();
  average.write(old.sub(old.sub(value).mul(1 - momentum)));
}

function inferComposed(tf: Tfjs, layer: BatchNormalization, inputs: Inputs, axis: number): Tensor {
  const statistics = [layer.movingMean.read(), layer.movingVariance.read()] as const;
  return applyComposed(tf, inputs, statistics, layer.epsilon, axis);
}

function applyComposed(
  tf: Tfjs,
  [x, gamma, beta]: Inputs,
  [mean, variance]: readonly [Tensor, Tensor],
  epsilon: number,
  axis: number,
): Tensor {
  const shape = x.shape.map((size, index) => (index === axis ? size : 1));
  const scale = gamma.mul(tf.rsqrt(variance.add(epsilon)));
  return x.sub(mean.reshape(shape)).mul(scale.reshape(shape)).add(beta.reshape(shape));
}
