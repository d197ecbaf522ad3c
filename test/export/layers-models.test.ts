import { buildClassifier, convertLayersModel } from '@isometry/export';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compareWithTfjs, openConverted, randomiseWeights, toModelFile } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import { tf } from './tfjs.ts';

const { layers } = tf;

type Layer = InstanceType<typeof layers.Layer>;

function chain(input: SymbolicTensor, ...list: readonly Layer[]): SymbolicTensor {
  return list.reduce((x, layer) => apply(layer, x), input);
}

function normalised(filters: number): readonly Layer[] {
  return [
    layers.conv2d({ filters, kernelSize: 1, useBias: false }),
    layers.batchNormalization(),
    layers.activation({ activation: 'swish' }),
  ];
}

/** EfficientNet's block: wider, depthwise, squeezed and excited, narrower, and added. */
function invertedResidual(x: SymbolicTensor, filters: number, strides: number): SymbolicTensor {
  const channels = x.shape[3] as number;
  const wide = chain(x, ...normalised(channels * 4));
  const padding: [[number, number], [number, number]] = [
    [0, 1],
    [1, 1],
  ];
  const padded = strides === 1 ? wide : apply(layers.zeroPadding2d({ padding }), wide);
  const depthwise = layers.depthwiseConv2d({
    kernelSize: 3,
    strides,
    padding: strides === 1 ? 'same' : 'valid',
    useBias: false,
  });
  const slid = chain(
    padded,
    depthwise,
    layers.batchNormalization(),
    layers.activation({ activation: 'swish' }),
  );
  const gate = chain(
    slid,
    layers.globalAveragePooling2d({}),
    layers.reshape({ targetShape: [1, 1, channels * 4] }),
    layers.conv2d({ filters: 3, kernelSize: 1, activation: 'swish' as 'relu' }),
    layers.conv2d({ filters: channels * 4, kernelSize: 1, activation: 'sigmoid' }),
  );
  const excited = apply(layers.multiply(), [slid, gate]);
  const narrow = chain(
    excited,
    layers.conv2d({ filters, kernelSize: 1, useBias: false }),
    layers.batchNormalization(),
    layers.dropout({ rate: 0.2 }),
  );
  return strides === 1 && filters === channels ? apply(layers.add(), [narrow, x]) : narrow;
}

function efficient(image: SymbolicTensor): SymbolicTensor {
  const stem = chain(
    image,
    layers.rescaling({ scale: 0.5, offset: 0.1 }),
    layers.zeroPadding2d({ padding: [[0, 1], [0, 1]] }), // prettier-ignore
    layers.conv2d({ filters: 6, kernelSize: 3, strides: 2, useBias: false }),
    layers.batchNormalization(),
    layers.activation({ activation: 'swish' }),
  );
  const blocks = [[6, 1], [8, 2], [8, 1]] as const; // prettier-ignore
  const features = blocks.reduce(
    (x, [filters, strides]) => invertedResidual(x, filters, strides),
    stem,
  );
  return chain(features, layers.globalAveragePooling2d({ name: 'embedding' }));
}

/** Xception's: separable convolutions beside a shortcut, then a maximum. */
function xception(image: SymbolicTensor): SymbolicTensor {
  const stem = chain(image, layers.conv2d({ filters: 6, kernelSize: 3, useBias: false }));
  const shortcut = chain(
    stem,
    layers.conv2d({ filters: 10, kernelSize: 1, strides: 2, padding: 'same', useBias: false }),
    layers.batchNormalization(),
  );
  const main = chain(
    stem,
    layers.reLU(),
    layers.separableConv2d({ filters: 10, kernelSize: 3, padding: 'same', useBias: false }),
    layers.batchNormalization(),
    layers.leakyReLU(),
    layers.separableConv2d({ filters: 10, kernelSize: 3, padding: 'same', useBias: false }),
    layers.batchNormalization({ scale: false }),
    layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }),
  );
  const sum = apply(layers.add(), [main, shortcut]);
  return chain(sum, layers.globalMaxPooling2d({ name: 'embedding' }));
}

/** VGG's and DenseNet's ends: maps side by side, a Flatten, Dense layers that are normalised. */
function dense(image: SymbolicTensor): SymbolicTensor {
  const first = chain(image, layers.conv2d({ filters: 4, kernelSize: 3, padding: 'same' }));
  const second = chain(
    first,
    layers.batchNormalization(),
    layers.prelu({ sharedAxes: [1, 2] }),
    layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same' }),
  );
  return chain(
    apply(layers.concatenate(), [first, second]),
    layers.averagePooling2d({ poolSize: 2 }),
    layers.flatten(),
    layers.dense({ units: 12, activation: 'relu' }),
    layers.batchNormalization(),
    layers.dropout({ rate: 0.5 }),
    layers.dense({ units: 8, name: 'embedding' }),
  );
}

/** ConvNeXt's block, whose normalisation and Dense layers are over the channels. */
function convNext(image: SymbolicTensor): SymbolicTensor {
  const stem = chain(
    image,
    layers.conv2d({ filters: 8, kernelSize: 4, strides: 4 }),
    layers.layerNormalization({ epsilon: 1e-6 }),
  );
  const block = chain(
    stem,
    layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' }),
    layers.layerNormalization({ epsilon: 1e-6 }),
    layers.dense({ units: 16, activation: 'gelu' as 'relu' }),
    layers.dense({ units: 8 }),
  );
  const sum = apply(layers.add(), [stem, block]);
  return chain(
    sum,
    layers.globalAveragePooling2d({}),
    layers.layerNormalization({ name: 'embedding' }),
  );
}

function build(features: (image: SymbolicTensor) => SymbolicTensor): LayersModel {
  const image = tf.input({ shape: [33, 27, 3] });
  const embedding = features(image);
  const logits = apply(layers.dense({ units: 3, name: 'logits' }), embedding);
  return tf.model({ inputs: image, outputs: [embedding, logits] });
}

describe.each([
  ['EfficientNet', efficient],
  ['Xception', xception],
  ['DenseNet', dense],
  ['ConvNeXt', convNext],
])('a small %s', (_name, features) => {
  it('equals tfjs, without a Transpose or a normalisation that could be folded', async () => {
    const model = build(features);
    randomiseWeights(model, 5);
    const { nodes } = buildClassifier(convertLayersModel(await toModelFile(model))).model.graph;
    const operators = nodes.map(({ opType }) => opType);
    expect(operators).not.toContain('Transpose');
    expect(operators).not.toContain('Pad');
    // DenseNet's first, behind a map that has another use, and its last, behind an activation.
    const normalisations = operators.filter((operator) => operator === 'BatchNormalization').length;
    expect(normalisations).toBe(features === dense ? 2 : 0);
    const session = await openConverted(model);
    const difference = await compareWithTfjs(model, session, { count: 4, batch: 2, seed: 9 });
    await session.close();
    expect(difference.embedding.relativeL2).toBeLessThan(2e-6);
    expect(difference.logits.relativeL2).toBeLessThan(2e-6);
  });
});
