import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import { deriveSeed } from '@isometry/core';
import { trainableLayers } from '../kernels/layers.ts';
import type { Tfjs } from '../tfjs.ts';
import { applyLayer } from './apply-layer.ts';
import { BATCH_NORM_MOMENTUM, type Backbone, type BuildBackboneOptions } from './backbone.ts';

/** Inner channels, blocks and stride of the first block; the stacks are called conv2 to conv5. */
const STACKS = [
  [64, 3, 1],
  [128, 4, 2],
  [256, 6, 2],
  [512, 3, 2],
] as const;

/** A block puts out so many times its inner channels. */
const EXPANSION = 4;

/** Keras' own for its ResNets, instead of its default of 1e-3. */
const BATCH_NORM_EPSILON = 1.001e-5;

/**
 * ResNet50 (v1) without its top, as Keras builds it: every convolution has a bias, and the stride is on a block's
 * first 1x1 convolution.
 */
export const RESNET50: Backbone = {
  name: 'resnet50',
  // Keras' own bound.
  minInputSize: 32,
  widthMultipliers: [1],
  // Keras' "caffe" mode: the means of ImageNet in 0 to 255, and no scaling.
  preprocessing: {
    mean: [123.68 / 255, 116.779 / 255, 103.939 / 255],
    std: [1 / 255, 1 / 255, 1 / 255],
  },
  isBgr: true,
  build,
};

function build(tf: Tfjs, input: SymbolicTensor, options: BuildBackboneOptions): SymbolicTensor {
  const layers = trainableLayers(tf);

  interface Convolution {
    readonly filters: number;
    readonly kernelSize: number;
    readonly strides?: number;
    readonly padding?: 'same' | 'valid';
  }
  /** The layers `NAME_conv` and `NAME_bn`. */
  const convolve = (x: SymbolicTensor, name: string, shape: Convolution): SymbolicTensor => {
    const convolution = layers.conv2d({
      ...shape,
      kernelInitializer: tf.initializers.glorotUniform({
        seed: deriveSeed(options.seed, `${name}_conv`),
      }),
      name: `${name}_conv`,
    });
    const normalise = layers.batchNormalization({
      epsilon: BATCH_NORM_EPSILON,
      momentum: options.batchNormMomentum ?? BATCH_NORM_MOMENTUM,
      name: `${name}_bn`,
    });
    return applyLayer(normalise, applyLayer(convolution, x));
  };
  const rectify = (x: SymbolicTensor, name: string): SymbolicTensor =>
    applyLayer(layers.relu(name), x);
  const pad = (x: SymbolicTensor, padding: number, name: string): SymbolicTensor =>
    applyLayer(tf.layers.zeroPadding2d({ padding, name }), x);

  let x = pad(input, 3, 'conv1_pad');
  x = convolve(x, 'conv1', { filters: 64, kernelSize: 7, strides: 2 });
  x = pad(rectify(x, 'conv1_relu'), 1, 'pool1_pad');
  x = applyLayer(layers.maxPooling2d({ poolSize: 3, strides: 2, name: 'pool1_pool' }), x);

  for (const [index, [filters, blocks, stride]] of STACKS.entries()) {
    for (let number = 1; number <= blocks; number += 1) {
      const block = `conv${index + 2}_block${number}`;
      const strides = number === 1 ? stride : 1;
      const wide = { filters: filters * EXPANSION, kernelSize: 1 };
      const shortcut = number === 1 ? convolve(x, `${block}_0`, { ...wide, strides }) : x;
      x = convolve(x, `${block}_1`, { filters, kernelSize: 1, strides });
      x = rectify(x, `${block}_1_relu`);
      x = convolve(x, `${block}_2`, { filters, kernelSize: 3, padding: 'same' });
      x = rectify(x, `${block}_2_relu`);
      x = convolve(x, `${block}_3`, wide);
      x = applyLayer(tf.layers.add({ name: `${block}_add` }), [shortcut, x]);
      x = rectify(x, `${block}_out`);
    }
  }
  return x;
}
