import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { L2Normalize } from './l2-normalize-layer.ts';
import { compareWithTfjs, openConverted, randomiseWeights } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import { MeanOverViews, OrientationViews } from './orientation-layers.ts';
import { tf } from './tfjs.ts';

const { layers } = tf;

/** Height, width and channels all differ, so that a swapped axis shows. */
const HEIGHT = 9;
const WIDTH = 7;

type Build = (image: SymbolicTensor) => SymbolicTensor;

/** The case's layers between a convolution to five channels and the two outputs. */
const cases: Readonly<Record<string, Build>> = {
  'ZeroPadding2D before a convolution': (x) =>
    chain(x, [
      layers.zeroPadding2d({ padding: [[1, 2], [0, 3]] }), // prettier-ignore
      layers.conv2d({ filters: 4, kernelSize: 3, strides: 2 }),
    ]),
  'ZeroPadding2D before SAME, where both pad': (x) =>
    chain(x, [
      layers.zeroPadding2d({ padding: 1 }),
      layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same' }),
    ]),
  'ZeroPadding2D alone': (x) => chain(x, [layers.zeroPadding2d({ padding: [2, 1] })]),
  'ZeroPadding2D with two consumers of which one is no convolution': (x) => {
    const padded = apply(layers.zeroPadding2d({ padding: 1 }), x);
    const convolved = apply(layers.conv2d({ filters: 5, kernelSize: 1 }), padded);
    return apply(layers.add(), [convolved, padded]);
  },
  'Conv2D 1x1': (x) => chain(x, [layers.conv2d({ filters: 4, kernelSize: 1 })]),
  'Conv2D 3x2, SAME, stride 2': (x) =>
    chain(x, [layers.conv2d({ filters: 4, kernelSize: [3, 2], strides: 2, padding: 'same' })]),
  'Conv2D 4x4, SAME, strides 3 and 2': (x) =>
    chain(x, [layers.conv2d({ filters: 4, kernelSize: 4, strides: [3, 2], padding: 'same' })]),
  'Conv2D 5x3, VALID, without bias, relu': (x) =>
    chain(x, [
      layers.conv2d({ filters: 4, kernelSize: [5, 3], useBias: false, activation: 'relu' }),
    ]),
  'Conv2D dilated, SAME': (x) =>
    chain(x, [layers.conv2d({ filters: 4, kernelSize: 3, dilationRate: 2, padding: 'same' })]),
  'DepthwiseConv2D with a multiplier, bias and relu6': (x) =>
    chain(x, [
      layers.depthwiseConv2d({
        kernelSize: 3,
        depthMultiplier: 3,
        padding: 'same',
        activation: 'relu6',
      }),
    ]),
  'DepthwiseConv2D SAME, stride 2, without bias': (x) =>
    chain(x, [
      layers.depthwiseConv2d({ kernelSize: 3, strides: 2, padding: 'same', useBias: false }),
    ]),
  'BatchNormalization behind a convolution with bias': (x) =>
    chain(x, [layers.conv2d({ filters: 4, kernelSize: 3 }), layers.batchNormalization()]),
  'BatchNormalization behind a depthwise convolution': (x) =>
    chain(x, [
      layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, useBias: false }),
      layers.batchNormalization({ epsilon: 0.1 }),
    ]),
  'BatchNormalization without scale': (x) =>
    chain(x, [
      layers.conv2d({ filters: 4, kernelSize: 1 }),
      layers.batchNormalization({ scale: false }),
    ]),
  'BatchNormalization without center': (x) =>
    chain(x, [
      layers.conv2d({ filters: 4, kernelSize: 1 }),
      layers.batchNormalization({ center: false }),
    ]),
  'BatchNormalization behind an activation': (x) =>
    chain(x, [layers.reLU(), layers.batchNormalization()]),
  'BatchNormalization of a convolution that is used twice': (x) => {
    const convolved = apply(layers.conv2d({ filters: 4, kernelSize: 1 }), x);
    return apply(layers.add(), [apply(layers.batchNormalization(), convolved), convolved]);
  },
  'BatchNormalization of a vector that was flattened': (x) =>
    chain(x, [layers.flatten(), layers.batchNormalization()]),
  'ReLU without a maximum': (x) => chain(x, [layers.reLU()]),
  'ReLU with a maximum': (x) => chain(x, [layers.reLU({ maxValue: 0.5 })]),
  'Activation relu': (x) => chain(x, [layers.activation({ activation: 'relu' })]),
  'Activation relu6': (x) => chain(x, [layers.activation({ activation: 'relu6' })]),
  'Activation linear': (x) => chain(x, [layers.activation({ activation: 'linear' })]),
  'Activation softmax over channels': (x) =>
    chain(x, [layers.activation({ activation: 'softmax' })]),
  GlobalAveragePooling2D: (x) => chain(x, [layers.globalAveragePooling2d({})]),
  'Flatten before Dense': (x) => chain(x, [layers.flatten(), layers.dense({ units: 6 })]),
  'Flatten, an activation and Dropout before Dense': (x) =>
    chain(x, [
      layers.flatten(),
      layers.activation({ activation: 'relu' }),
      layers.dropout({ rate: 0.5 }),
      layers.dense({ units: 6 }),
    ]),
  'Flatten as an output': (x) => x,
  'Reshape of a feature map to a vector': (x) =>
    chain(x, [layers.reshape({ targetShape: [HEIGHT * WIDTH * 5] }), layers.dense({ units: 6 })]),
  'Reshape of a feature map to another': (x) =>
    chain(x, [
      layers.reshape({ targetShape: [WIDTH, 15, 3] }),
      layers.conv2d({ filters: 4, kernelSize: 3 }),
    ]),
  'Reshape that lets one size follow': (x) =>
    chain(x, [
      layers.reshape({ targetShape: [WIDTH, -1, 3] }),
      layers.conv2d({ filters: 4, kernelSize: 1 }),
      layers.globalAveragePooling2d({}),
    ]),
  'Reshape of a vector to one pixel and back': (x) =>
    chain(x, [
      layers.globalAveragePooling2d({}),
      layers.reshape({ targetShape: [1, 1, 5] }),
      layers.conv2d({ filters: 6, kernelSize: 1 }),
      layers.reshape({ targetShape: [6] }),
    ]),
  'Dropout on a feature map': (x) => chain(x, [layers.dropout({ rate: 0.5 })]),
  'Dense without bias, softmax': (x) =>
    chain(x, [
      layers.globalAveragePooling2d({}),
      layers.dense({ units: 6, useBias: false, activation: 'softmax' }),
    ]),
  'Add of three': (x) =>
    apply(
      layers.add(),
      [1, 2, 3].map(() => apply(layers.conv2d({ filters: 4, kernelSize: 1 }), x)),
    ),
  'Add of vectors in different orders': (x) => {
    const flat = apply(layers.flatten(), x);
    return apply(layers.add(), [flat, apply(layers.dense({ units: HEIGHT * WIDTH * 5 }), flat)]);
  },
  'MaxPooling2D, stride 2, VALID': (x) =>
    chain(x, [layers.maxPooling2d({ poolSize: 3, strides: 2 })]),
  'MaxPooling2D, SAME, strides of the pool': (x) =>
    chain(x, [layers.conv2d({ filters: 3, kernelSize: 1 }), layers.maxPooling2d({ poolSize: [2, 4], padding: 'same' })]), // prettier-ignore
  'MaxPooling2D behind ZeroPadding2D': (x) =>
    chain(x, [
      layers.activation({ activation: 'relu' }),
      layers.zeroPadding2d({ padding: 1 }),
      layers.maxPooling2d({ poolSize: 3, strides: 2 }),
    ]),
  'AveragePooling2D, SAME, where padding does not count': (x) =>
    chain(x, [layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' })]),
  'AveragePooling2D, VALID, strides 1 and 3': (x) =>
    chain(x, [layers.averagePooling2d({ poolSize: [2, 3], strides: [1, 3] })]),
  'Concatenate of channels': (x) =>
    apply(
      layers.concatenate({ axis: 3 }),
      [1, 4, 2].map((filters) => apply(layers.conv2d({ filters, kernelSize: 1 }), x)),
    ),
  'Concatenate of rows': (x) =>
    apply(layers.concatenate({ axis: 1 }), [x, apply(layers.zeroPadding2d({ padding: [[2, 0], [0, 0]] }), x)]), // prettier-ignore
  'Concatenate of columns': (x) => apply(layers.concatenate({ axis: 2 }), [x, x]),
  'Concatenate of vectors in different orders': (x) => {
    const flat = apply(layers.flatten(), x);
    return apply(layers.concatenate(), [flat, apply(layers.dense({ units: 4 }), flat)]);
  },
  L2Normalize: (x) =>
    chain(x, [layers.globalAveragePooling2d({}), new L2Normalize({}), layers.dense({ units: 6 })]),
  // A kernel that is not symmetric, so that an orientation that is missing or twice there shows.
  'OrientationViews and MeanOverViews': (x) =>
    chain(x, [
      layers.zeroPadding2d({ padding: [[0, 0], [1, 1]] }), // prettier-ignore
      new OrientationViews({}),
      layers.conv2d({ filters: 4, kernelSize: 3, strides: 2 }),
      layers.flatten(),
      layers.dense({ units: 6 }),
      new MeanOverViews({}),
    ]),
  'L2Normalize of a flattened feature map': (x) =>
    chain(x, [layers.flatten(), new L2Normalize({}), layers.dense({ units: 6 })]),
  'L2Normalize of zeros': (x) =>
    chain(x, [
      layers.globalAveragePooling2d({}),
      layers.reLU({ maxValue: 0 }),
      new L2Normalize({}),
    ]),
};

function chain(
  input: SymbolicTensor,
  list: readonly InstanceType<typeof layers.Layer>[],
): SymbolicTensor {
  return list.reduce((x, layer) => apply(layer, x), input);
}

function buildCase(build: Build): LayersModel {
  const image = tf.input({ shape: [HEIGHT, WIDTH, 3] });
  const features = apply(layers.conv2d({ filters: 5, kernelSize: 3, padding: 'same' }), image);
  const output = build(features);
  const isVector = output.shape.length === 2;
  const embedding = apply(
    isVector
      ? layers.activation({ activation: 'linear', name: 'embedding' })
      : layers.flatten({ name: 'embedding' }),
    output,
  );
  const logits = apply(layers.dense({ units: 2, name: 'logits' }), embedding);
  return tf.model({ inputs: image, outputs: [embedding, logits] });
}

describe.each(Object.entries(cases))('%s', (_name, build) => {
  it.each([true, false])('equals tfjs, folded: %s', async (fold) => {
    const model = buildCase(build);
    randomiseWeights(model, 11);
    const session = await openConverted(model, { fold });
    const { embedding, logits } = await compareWithTfjs(model, session, {
      count: 3,
      batch: 3,
      seed: 17,
    });
    await session.close();
    // A layer or two of float32 sums over at most 315 values.
    expect(embedding.relativeL2).toBeLessThan(1e-6);
    expect(logits.relativeL2).toBeLessThan(1e-6);
  });
});
