import type { SymbolicTensor } from '@tensorflow/tfjs';
import type { Draw } from './layer-draw.ts';
import {
  chain,
  sizeOf,
  scaled,
  anyRank,
  kernel,
  pooling,
  closePooling,
  normalisation,
} from './layer-parts.ts';
import { apply } from './mobilenet.ts';
import { tf } from './tfjs.ts';

const { layers } = tf;

/** What a case makes of a feature map: the layer in question last. */
export type LayerCase = (draw: Draw, x: SymbolicTensor) => SymbolicTensor;

const ACTIVATIONS = [
  'elu',
  'gelu',
  'gelu_new',
  'hardSigmoid',
  'linear',
  'logSoftmax',
  'mish',
  'relu',
  'relu6',
  'selu',
  'sigmoid',
  'softmax',
  'softplus',
  'softsign',
  'swish',
  'tanh',
] as const;

/** tfjs has a type for its activations that leaves three of them out. */
type ActivationName = 'relu';

function activationOf(draw: Draw): ActivationName {
  return draw.pick(ACTIVATIONS) as ActivationName;
}

/** Every layer of tfjs, its configuration drawn. */
export const layerCases: Readonly<Record<string, LayerCase>> = {
  ...Object.fromEntries(
    ACTIVATIONS.map((activation): [string, LayerCase] => [
      `Activation ${activation}`,
      (draw, x) =>
        apply(
          layers.activation({ activation: activation as ActivationName }),
          anyRank(draw, scaled(x)),
        ),
    ]),
  ),
  Add: merging(layers.add),
  Average: merging(layers.average),
  Maximum: merging(layers.maximum),
  Minimum: merging(layers.minimum),
  Multiply: merging(layers.multiply),
  AlphaDropout: (draw, x) => apply(layers.alphaDropout({ rate: 0.5 }), anyRank(draw, x)),
  AveragePooling2D: (draw, x) => apply(layers.averagePooling2d(pooling(draw, x)), x),
  MaxPooling2D: (draw, x) => apply(layers.maxPooling2d(pooling(draw, x)), x),
  'BatchNormalization of any rank': (draw, x) =>
    apply(layers.batchNormalization(normalisation(draw)), anyRank(draw, x, 3)),
  'BatchNormalization behind a convolution': (draw, x) =>
    chain(x, [
      layers.conv2d({ filters: 3, kernelSize: 1, useBias: draw.isTrue() }),
      layers.batchNormalization(normalisation(draw)),
    ]),
  'BatchNormalization behind a depthwise convolution': (draw, x) =>
    chain(x, [
      layers.depthwiseConv2d({
        kernelSize: 1,
        depthMultiplier: draw.int(1, 2),
        useBias: draw.isTrue(),
      }),
      layers.batchNormalization(normalisation(draw)),
    ]),
  'BatchNormalization behind a transposed convolution': (draw, x) =>
    chain(x, [
      layers.conv2dTranspose({ filters: 3, kernelSize: 2, strides: 2, useBias: draw.isTrue() }),
      layers.batchNormalization(normalisation(draw)),
    ]),
  'BatchNormalization behind Dense': (draw, x) =>
    chain(x, [
      layers.flatten(),
      layers.dense({ units: 5, useBias: draw.isTrue() }),
      layers.batchNormalization(normalisation(draw)),
    ]),
  CenterCrop: (draw, x) => {
    const { height, width } = sizeOf(x);
    return apply(layers.centerCrop({ height: draw.int(1, height), width: draw.int(1, width) }), x);
  },
  'Concatenate of feature maps': (draw, x) => {
    const axis = draw.int(1, 3);
    return apply(layers.concatenate({ axis: axis === 3 && draw.isTrue() ? -1 : axis }), [x, x, x]);
  },
  'Concatenate of any rank': (draw, x) => {
    const value = anyRank(draw, x);
    return apply(layers.concatenate({ axis: draw.int(1, value.shape.length - 1) }), [value, value]);
  },
  'Concatenate of vectors': (_draw, x) => {
    const flat = apply(layers.flatten(), x);
    return apply(layers.concatenate(), [flat, apply(layers.globalMaxPooling2d({}), x)]);
  },
  Conv2D: (draw, x) => {
    const isDilated = draw.isTrue();
    const kernelSize = kernel(draw, x, isDilated ? 2 : 1);
    return apply(
      layers.conv2d({
        filters: draw.int(1, 5),
        kernelSize,
        strides: isDilated ? 1 : draw.pair(1, 4),
        ...(isDilated ? { dilationRate: 2 } : {}),
        padding: draw.padding(),
        useBias: draw.isTrue(),
        activation: activationOf(draw),
      }),
      x,
    );
  },
  Conv2DTranspose: (draw, x) =>
    apply(
      layers.conv2dTranspose({
        filters: draw.int(1, 5),
        kernelSize: draw.pair(1, 5),
        strides: draw.pair(1, 4),
        padding: draw.padding(),
        useBias: draw.isTrue(),
        activation: activationOf(draw),
      }),
      x,
    ),
  Cropping2D: (draw, x) => {
    const { height, width } = sizeOf(x);
    const top = draw.int(0, height - 1);
    const left = draw.int(0, width - 1);
    const cropping: [[number, number], [number, number]] = [
      [top, draw.int(0, height - 1 - top)],
      [left, draw.int(0, width - 1 - left)],
    ];
    return apply(layers.cropping2D({ cropping }), x);
  },
  Dense: (draw, x) =>
    apply(
      layers.dense({
        units: draw.int(1, 6),
        useBias: draw.isTrue(),
        activation: activationOf(draw),
      }),
      anyRank(draw, x),
    ),
  DepthwiseConv2D: (draw, x) =>
    apply(
      layers.depthwiseConv2d({
        kernelSize: kernel(draw, x),
        strides: draw.pair(1, 4),
        padding: draw.padding(),
        depthMultiplier: draw.int(1, 3),
        useBias: draw.isTrue(),
        activation: activationOf(draw),
      }),
      x,
    ),
  'Dot of vectors': (draw, x) => {
    const flat = apply(layers.flatten(), x);
    const other = apply(layers.activation({ activation: 'tanh' }), flat);
    return apply(layers.dot({ axes: draw.pick([1, -1]), normalize: draw.isTrue() }), [flat, other]);
  },
  'Dot of matrices': (draw, x) => {
    const [left, right] = [draw.int(1, 2), draw.int(1, 2)];
    // The two share the size 4 on their axes.
    const matrix = (axis: number, other: number): SymbolicTensor => {
      const vector = chain(x, [layers.flatten(), layers.dense({ units: 4 * other })]);
      const targetShape = axis === 1 ? [4, other] : [other, 4];
      return apply(layers.reshape({ targetShape }), vector);
    };
    const axes: [number, number] = [left, right];
    const layer = layers.dot({ axes, normalize: draw.isTrue() });
    return apply(layer, [matrix(left, draw.int(1, 3)), matrix(right, draw.int(1, 3))]);
  },
  'Dot of a matrix and a vector': (draw, x) => {
    const axis = draw.int(1, 2);
    const vector = chain(x, [layers.flatten(), layers.dense({ units: 4 })]);
    const wide = chain(x, [layers.flatten(), layers.dense({ units: 12 })]);
    const targetShape = axis === 1 ? [4, 3] : [3, 4];
    const matrix = apply(layers.reshape({ targetShape }), wide);
    return draw.isTrue()
      ? apply(layers.dot({ axes: [axis, 1] }), [matrix, vector])
      : apply(layers.dot({ axes: [1, axis] }), [vector, matrix]);
  },
  Dropout: (draw, x) => apply(layers.dropout({ rate: 0.5 }), anyRank(draw, x)),
  ELU: (draw, x) => apply(layers.elu(), anyRank(draw, x)),
  Flatten: (draw, x) => apply(layers.flatten(), anyRank(draw, x, 4, 2)),
  GaussianDropout: (draw, x) => apply(layers.gaussianDropout({ rate: 0.5 }), anyRank(draw, x)),
  GaussianNoise: (draw, x) => apply(layers.gaussianNoise({ stddev: 1 }), anyRank(draw, x)),
  GlobalAveragePooling1D: (draw, x) =>
    apply(layers.globalAveragePooling1d(), anyRank(draw, x, 2, 2)),
  GlobalMaxPooling1D: (draw, x) => apply(layers.globalMaxPooling1d({}), anyRank(draw, x, 2, 2)),
  GlobalAveragePooling2D: (_draw, x) => apply(layers.globalAveragePooling2d({}), x),
  GlobalMaxPooling2D: (_draw, x) => apply(layers.globalMaxPooling2d({}), x),
  LayerNormalization: (draw, x) => {
    const value = anyRank(draw, x, 3);
    const rank = value.shape.length - 1;
    const first = draw.int(1, rank);
    const axes = Array.from({ length: rank - first + 1 }, (_, at) => first + at);
    const axis = draw.pick([-1, axes, [first]]);
    return apply(layers.layerNormalization({ ...normalisation(draw), axis }), value);
  },
  LeakyReLU: (draw, x) => apply(layers.leakyReLU({ alpha: draw.int(0, 9) / 10 }), anyRank(draw, x)),
  PReLU: (draw, x) => {
    const value = anyRank(draw, x);
    const axes = value.shape.slice(1).map((_, at) => at + 1);
    return apply(layers.prelu({ sharedAxes: axes.filter(() => draw.isTrue()) }), value);
  },
  Permute: (draw, x) => {
    const value = anyRank(draw, x);
    const rest = value.shape.slice(1).map((_, at) => at + 1);
    const dims: number[] = [];
    while (rest.length > 0) dims.push(...rest.splice(draw.int(0, rest.length - 1), 1));
    return apply(layers.permute({ dims }), value);
  },
  ReLU: (draw, x) =>
    apply(layers.reLU(draw.isTrue() ? { maxValue: draw.int(0, 3) / 2 } : {}), anyRank(draw, x)),
  RepeatVector: (draw, x) => apply(layers.repeatVector({ n: draw.int(1, 4) }), anyRank(draw, x, 1)),
  Rescaling: (draw, x) => {
    const value = anyRank(draw, x);
    const each = Array.from({ length: value.shape.at(-1) as number }, (_, at) => at / 2 + 0.25);
    const isEach = draw.isTrue();
    // tfjs takes lists as well as numbers, its type does not say so.
    const scale = (isEach ? each : 1 / 127.5) as number;
    const offset = (draw.isTrue() ? each.map((part) => -part) : -1) as number;
    return apply(layers.rescaling({ scale, offset }), value);
  },
  Reshape: (draw, x) => anyRank(draw, anyRank(draw, x)),
  SeparableConv2D: (draw, x) =>
    apply(
      layers.separableConv2d({
        filters: draw.int(1, 5),
        kernelSize: kernel(draw, x),
        strides: draw.int(1, 3),
        padding: draw.padding(),
        useBias: draw.isTrue(),
        activation: activationOf(draw),
      }),
      x,
    ),
  Softmax: (draw, x) => {
    const value = anyRank(draw, x);
    const last = value.shape.length - 1;
    const first = draw.int(1, last);
    const axes = Array.from({ length: last - first + 1 }, (_, at) => first + at);
    // tfjs takes lists as well as numbers, its type does not say so.
    return apply(layers.softmax({ axis: draw.pick([-1, last, axes]) as number }), value);
  },
  SpatialDropout1D: (draw, x) => {
    const { SpatialDropout1D } = { SpatialDropout1D: layers.spatialDropout1d };
    return apply(SpatialDropout1D({ rate: 0.5 }), anyRank(draw, x, 2, 2));
  },
  ThresholdedReLU: (draw, x) =>
    apply(layers.thresholdedReLU({ theta: draw.int(-2, 4) / 4 }), anyRank(draw, x)),
  UpSampling2D: (draw, x) =>
    apply(
      layers.upSampling2d({
        size: draw.pair(1, 4),
        interpolation: draw.pick(['nearest', 'bilinear']),
      }),
      x,
    ),
  ZeroPadding2D: (draw, x) =>
    apply(layers.zeroPadding2d({ padding: [draw.pair(0, 3), draw.pair(0, 3)] }), x),
  'ZeroPadding2D before a convolution': (draw, x) =>
    chain(x, [
      layers.zeroPadding2d({ padding: [draw.pair(0, 3), draw.pair(0, 3)] }),
      layers.conv2d({
        filters: 2,
        kernelSize: kernel(draw, x),
        strides: draw.pair(1, 3),
        padding: draw.padding(),
      }),
    ]),
  'ZeroPadding2D before pooling': (draw, x) =>
    chain(x, [
      layers.zeroPadding2d({ padding: [draw.pair(1, 3), draw.pair(1, 3)] }),
      draw.isTrue()
        ? layers.maxPooling2d(closePooling(draw))
        : layers.averagePooling2d(closePooling(draw)),
    ]),
};

/** Two or three values whose shapes Keras broadcasts, in any order. */
function merging(make: (config?: object) => unknown): LayerCase {
  return (draw, x) => {
    const { height, width, channels } = sizeOf(x);
    const others = [
      (): SymbolicTensor => apply(layers.activation({ activation: 'tanh' }), x),
      // Squeeze and excitation, with and without its rows and columns.
      (): SymbolicTensor => apply(layers.globalMaxPooling2d({}), x),
      (): SymbolicTensor =>
        apply(
          layers.reshape({ targetShape: [1, 1, channels] }),
          apply(layers.globalAveragePooling2d({}), x),
        ),
      (): SymbolicTensor => apply(layers.conv2d({ filters: 1, kernelSize: 1 }), x),
      (): SymbolicTensor =>
        apply(
          layers.reshape({ targetShape: [width, channels] }),
          apply(layers.averagePooling2d({ poolSize: [height, 1] }), x),
        ),
    ];
    const list = [x, draw.pick(others)(), ...(draw.isTrue() ? [draw.pick(others)()] : [])];
    const flat = draw.int(0, 4) === 0;
    const inputs = flat
      ? [x, list[0] as SymbolicTensor].map((one) => apply(layers.flatten(), one))
      : list;
    const ordered = draw.isTrue() ? inputs : inputs.toReversed();
    return apply(make({}) as InstanceType<typeof layers.Layer>, ordered);
  };
}
