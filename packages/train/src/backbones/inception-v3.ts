import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import { deriveSeed } from '@isometry/core';
import { trainableLayers } from '../kernels/layers.ts';
import type { Tfjs } from '../tfjs.ts';
import { applyLayer } from './apply-layer.ts';
import { BATCH_NORM_MOMENTUM, type Backbone, type BuildBackboneOptions } from './backbone.ts';

/** Keras' default for BatchNormalization. */
const BATCH_NORM_EPSILON = 1e-3;

/**
 * InceptionV3 without its top, as Keras builds it: convolutions without bias, batch normalisations without scale.
 * Keras leaves most layers their automatic names (`conv2d_17`): here they are numbered in the same order of creation.
 */
export const INCEPTION_V3: Backbone = {
  name: 'inceptionv3',
  // Keras' own bound: the last of the unpadded convolutions still has its 3 pixels.
  minInputSize: 75,
  widthMultipliers: [1],
  preprocessing: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] },
  isBgr: false,
  build,
};

/** Filters, and height and width of the kernel. */
type Kernel = readonly [filters: number, height: number, width: number];

interface Blocks {
  /** One convolution after another, each with batch normalisation and ReLU; stride 1, padded, unless said. */
  readonly convolve: (x: SymbolicTensor, ...kernels: readonly Kernel[]) => SymbolicTensor;
  /** Without padding. */
  readonly convolveValid: (x: SymbolicTensor, kernel: Kernel, strides?: number) => SymbolicTensor;
  /** 3x3, stride 1, padded; what is padded does not count. */
  readonly averagePool: (x: SymbolicTensor) => SymbolicTensor;
  /** 3x3, stride 2, without padding. */
  readonly maxPool: (x: SymbolicTensor) => SymbolicTensor;
  readonly concatenate: (branches: SymbolicTensor[], name?: string) => SymbolicTensor;
}

function build(tf: Tfjs, input: SymbolicTensor, options: BuildBackboneOptions): SymbolicTensor {
  const blocks = createBlocks(tf, options);
  let x = stem(blocks, input);
  for (const [index, pooled] of [32, 64, 64].entries()) {
    x = mixedSquare(blocks, x, pooled, `mixed${index}`);
  }
  x = mixed3(blocks, x);
  for (const [index, inner] of [128, 160, 160, 192].entries()) {
    x = mixedLong(blocks, x, inner, `mixed${index + 4}`);
  }
  x = mixed8(blocks, x);
  for (const index of [0, 1]) x = mixedWide(blocks, x, index);
  return x;
}

function stem({ convolve, convolveValid, maxPool }: Blocks, input: SymbolicTensor): SymbolicTensor {
  let x = convolveValid(input, [32, 3, 3], 2);
  x = convolve(convolveValid(x, [32, 3, 3]), [64, 3, 3]);
  x = convolveValid(maxPool(x), [80, 1, 1]);
  return maxPool(convolveValid(x, [192, 3, 3]));
}

/** mixed0 to mixed2. */
function mixedSquare(
  { convolve, averagePool, concatenate }: Blocks,
  x: SymbolicTensor,
  pooled: number,
  name: string,
): SymbolicTensor {
  const branches = [
    convolve(x, [64, 1, 1]),
    convolve(x, [48, 1, 1], [64, 5, 5]),
    convolve(x, [64, 1, 1], [96, 3, 3], [96, 3, 3]),
    convolve(averagePool(x), [pooled, 1, 1]),
  ];
  return concatenate(branches, name);
}

function mixed3(
  { convolve, convolveValid, maxPool, concatenate }: Blocks,
  x: SymbolicTensor,
): SymbolicTensor {
  const branches = [
    convolveValid(x, [384, 3, 3], 2),
    convolveValid(convolve(x, [64, 1, 1], [96, 3, 3]), [96, 3, 3], 2),
    maxPool(x),
  ];
  return concatenate(branches, 'mixed3');
}

/** mixed4 to mixed7. */
function mixedLong(
  { convolve, averagePool, concatenate }: Blocks,
  x: SymbolicTensor,
  inner: number,
  name: string,
): SymbolicTensor {
  const branches = [
    convolve(x, [192, 1, 1]),
    convolve(x, [inner, 1, 1], [inner, 1, 7], [192, 7, 1]),
    convolve(x, [inner, 1, 1], [inner, 7, 1], [inner, 1, 7], [inner, 7, 1], [192, 1, 7]),
    convolve(averagePool(x), [192, 1, 1]),
  ];
  return concatenate(branches, name);
}

function mixed8(
  { convolve, convolveValid, maxPool, concatenate }: Blocks,
  x: SymbolicTensor,
): SymbolicTensor {
  const branches = [
    convolveValid(convolve(x, [192, 1, 1]), [320, 3, 3], 2),
    convolveValid(convolve(x, [192, 1, 1], [192, 1, 7], [192, 7, 1]), [192, 3, 3], 2),
    maxPool(x),
  ];
  return concatenate(branches, 'mixed8');
}

/** mixed9 and mixed10. */
function mixedWide(
  { convolve, averagePool, concatenate }: Blocks,
  x: SymbolicTensor,
  index: number,
): SymbolicTensor {
  const single = convolve(x, [320, 1, 1]);
  const inner = convolve(x, [384, 1, 1]);
  const split = concatenate(
    [convolve(inner, [384, 1, 3]), convolve(inner, [384, 3, 1])],
    `mixed9_${index}`,
  );
  const double = convolve(x, [448, 1, 1], [384, 3, 3]);
  const doubleSplit = concatenate([convolve(double, [384, 1, 3]), convolve(double, [384, 3, 1])]);
  const pooled = convolve(averagePool(x), [192, 1, 1]);
  return concatenate([single, split, doubleSplit, pooled], `mixed${index + 9}`);
}

function createBlocks(tf: Tfjs, options: BuildBackboneOptions): Blocks {
  const layers = trainableLayers(tf);
  const automaticName = countNames();

  const convolution = (
    x: SymbolicTensor,
    [filters, height, width]: Kernel,
    strides: number,
    padding: 'same' | 'valid',
  ): SymbolicTensor => {
    const name = automaticName('conv2d');
    const convolve = layers.conv2d({
      filters,
      kernelSize: [height, width],
      strides,
      padding,
      useBias: false,
      kernelInitializer: tf.initializers.glorotUniform({ seed: deriveSeed(options.seed, name) }),
      name,
    });
    const normalise = layers.batchNormalization({
      scale: false,
      epsilon: BATCH_NORM_EPSILON,
      momentum: options.batchNormMomentum ?? BATCH_NORM_MOMENTUM,
      name: automaticName('batch_normalization'),
    });
    const rectify = layers.relu(automaticName('activation'));
    return applyLayer(rectify, applyLayer(normalise, applyLayer(convolve, x)));
  };

  return {
    convolve: (x, ...kernels) => {
      let y = x;
      for (const kernel of kernels) y = convolution(y, kernel, 1, 'same');
      return y;
    },
    convolveValid: (x, kernel, strides = 1) => convolution(x, kernel, strides, 'valid'),
    averagePool: (x) => {
      const name = automaticName('average_pooling2d');
      const pool = tf.layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same', name });
      return applyLayer(pool, x);
    },
    maxPool: (x) => {
      const name = automaticName('max_pooling2d');
      return applyLayer(layers.maxPooling2d({ poolSize: 3, strides: 2, name }), x);
    },
    concatenate: (branches, name = automaticName('concatenate')) =>
      applyLayer(tf.layers.concatenate({ axis: 3, name }), branches),
  };
}

/** Names as Keras makes them: `conv2d`, `conv2d_1`, `conv2d_2`. */
function countNames(): (kind: string) => string {
  const counts = new Map<string, number>();
  return (kind) => {
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    return count === 0 ? kind : `${kind}_${count}`;
  };
}
