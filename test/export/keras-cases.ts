import type { SymbolicTensor, Tensor, Tensor3D, Tensor4D } from '@tensorflow/tfjs';
import { kerasLayer, type KerasLayerOptions } from './keras-layer.ts';
import type { LayerCase } from './layer-cases.ts';
import { apply } from './mobilenet.ts';
import { tf } from './tfjs.ts';

/** Layers that Keras has and tfjs has not, or computes otherwise, against plain arithmetic. */
export const kerasCases: Readonly<Record<string, LayerCase>> = {
  ...Object.fromEntries(
    [
      'ActivityRegularization',
      'RandomBrightness',
      'RandomContrast',
      'RandomFlip',
      'RandomRotation',
      'RandomTranslation',
      'RandomZoom',
      'SpatialDropout2D',
    ].map((className): [string, LayerCase] => [
      className,
      (_draw, x) => keras(x, { className, call: ([input]) => copy(input) }),
    ]),
  ),
  'Activation by other spellings': (draw, x) => {
    const [activation, compute] = draw.pick([
      ['silu', (value: Tensor) => value.mul(value.sigmoid())],
      ['exponential', (value: Tensor) => value.exp()],
      ['hard_sigmoid', (value: Tensor) => value.mul(0.2).add(0.5).clipByValue(0, 1)],
      ['log_softmax', (value: Tensor) => value.logSoftmax()],
    ] as const);
    return keras(x, {
      className: 'Activation',
      config: { activation: draw.isTrue() ? activation : { className: activation, config: {} } },
      call: ([input]) => compute(input),
    });
  },
  'BatchNormalization over another axis': (draw, x) => {
    const axis = draw.int(1, 2);
    const size = x.shape[axis] as number;
    const dims = x.shape.map((_, index) => (index === axis ? size : 1));
    return keras(x, {
      className: 'BatchNormalization',
      config: { axis: [axis], epsilon: 0.01 },
      weights: { gamma: [size], beta: [size], moving_mean: [size], moving_variance: [size] },
      call: ([input], [gamma, beta, mean, variance]) =>
        input
          .sub(mean.reshape(dims))
          .div(variance.reshape(dims).add(0.01).sqrt())
          .mul(gamma.reshape(dims))
          .add(beta.reshape(dims)),
    });
  },
  'Conv2D with groups': (draw, x) => {
    const groups = draw.int(1, 3);
    const [own, filters] = draw.pair(1, 2);
    const wide = apply(tf.layers.conv2d({ filters: groups * own, kernelSize: 1 }), x);
    return keras(wide, {
      className: 'Conv2D',
      config: {
        filters: groups * filters,
        kernelSize: [3, 2],
        groups,
        strides: [2, 1],
        padding: 'same',
      },
      weights: { kernel: [3, 2, own, groups * filters], bias: [groups * filters] },
      shape: [null, Math.ceil((x.shape[1] as number) / 2), x.shape[2] as number, groups * filters],
      call: ([input], [kernel, bias]) => {
        const kernels = kernel.split(groups, 3) as Tensor4D[];
        const parts = (input.split(groups, 3) as Tensor4D[]).map((part, index) =>
          part.conv2d(kernels[index] as Tensor4D, [2, 1], 'same'),
        );
        return tf.concat(parts, 3).add(bias);
      },
    });
  },
  'ELU with an alpha': (draw, x) => {
    const alpha = draw.int(0, 6) / 4;
    return keras(x, {
      className: 'ELU',
      config: { alpha },
      call: ([input]) => input.relu().add(input.minimum(0).exp().sub(1).mul(alpha)),
    });
  },
  'GlobalAveragePooling2D that keeps its dimensions': (_draw, x) =>
    keras(x, {
      className: 'GlobalAveragePooling2D',
      config: { keepdims: true },
      shape: [null, 1, 1, x.shape[3] as number],
      call: ([input]) => input.mean([1, 2], true),
    }),
  'GlobalMaxPooling2D that keeps its dimensions': (_draw, x) =>
    keras(x, {
      className: 'GlobalMaxPooling2D',
      config: { keepdims: true },
      shape: [null, 1, 1, x.shape[3] as number],
      call: ([input]) => input.max([1, 2], true),
    }),
  'LayerNormalization over an inner axis': (_draw, x) => {
    const size = x.shape[2] as number;
    return keras(x, {
      className: 'LayerNormalization',
      config: { axis: 2, epsilon: 0.01, scale: false },
      weights: { beta: [size] },
      call: ([input], [beta]) => {
        const centred = input.sub(input.mean(2, true));
        const variance = centred.square().mean(2, true);
        return centred.div(variance.add(0.01).sqrt()).add(beta.reshape([1, 1, size, 1]));
      },
    });
  },
  Normalization: (_draw, x) => {
    const size = x.shape[3] as number;
    return keras(x, {
      className: 'Normalization',
      config: { axis: [-1], mean: null, variance: null },
      weights: { mean: [size], variance: [size], count: [] },
      call: ([input], [mean, variance]) => input.sub(mean).div(variance.sqrt().maximum(1e-7)),
    });
  },
  'ReLU with threshold, slope and maximum': (draw, x) => {
    const config = {
      threshold: draw.int(0, 2) / 4,
      negativeSlope: draw.int(0, 2) / 4,
      maxValue: draw.pick([null, 0.5, 6]),
    };
    const { threshold, negativeSlope, maxValue } = config;
    return keras(x, {
      className: 'ReLU',
      config,
      call: ([input]) => {
        const above = input.minimum(maxValue ?? Number.MAX_VALUE);
        const below = input.sub(threshold).mul(negativeSlope);
        return tf.where(input.greater(threshold), above, below);
      },
    });
  },
  Resizing: (draw, x) => {
    const [height, width] = draw.pair(1, 12);
    const interpolation = draw.pick(['bilinear', 'nearest'] as const);
    return keras(x, {
      className: 'Resizing',
      config: { height, width, interpolation, cropToAspectRatio: false },
      shape: [null, height, width, x.shape[3] as number],
      call: ([input]) =>
        interpolation === 'bilinear'
          ? tf.image.resizeBilinear(input as Tensor4D, [height, width], false, true)
          : tf.image.resizeNearestNeighbor(input as Tensor3D, [height, width], false, true),
    });
  },
  'Softmax over any axis': (draw, x) => {
    const axis = draw.pick([1, 2, -1, -2, -3]);
    const at = axis < 0 ? axis + 4 : axis;
    return keras(x, {
      className: 'Softmax',
      config: { axis },
      call: ([input]) => {
        const powers = input.sub(input.max(at, true)).exp();
        return powers.div(powers.sum(at, true));
      },
    });
  },
  Subtract: (draw, x) => {
    const pooled = apply(tf.layers.globalMaxPooling2d({}), x);
    const channels = x.shape[3] as number;
    const pixel = apply(tf.layers.reshape({ targetShape: [1, 1, channels] }), pooled);
    const inputs = draw.isTrue() ? [x, pixel] : [pixel, x];
    return apply(
      kerasLayer({
        className: 'Subtract',
        shape: x.shape,
        call: ([left, right]) => left.sub(right as Tensor),
      }),
      inputs,
    );
  },
};

function keras(x: SymbolicTensor, options: KerasLayerOptions): SymbolicTensor {
  return apply(kerasLayer(options), x);
}

function copy(input: Tensor): Tensor {
  return input.clone();
}
