import { createRandom } from '@isometry/core';
import type { ImageBatch } from '@isometry/export';
import {
  floatTensor,
  int64Tensor,
  type OnnxAttribute,
  type OnnxModel,
  type OnnxNode,
  type OnnxTensor,
} from '@isometry/onnx';

export const SIDE = 16;
const CLASSES = 3;

export interface PrecisionModelOptions {
  /** Changes a tensor by its name. */
  readonly change?: (tensor: OnnxTensor) => OnnxTensor;
}

/**
 * A small classifier that has what makes a variant hard: a depthwise convolution whose channels differ a thousandfold,
 * ReLU6, a shortcut, Concat and pools, a padding with a float value, an L2 normalisation with an epsilon of 1e-12, a
 * temperature and softmax.
 */
export function buildPrecisionModel({
  change = (tensor) => tensor,
}: PrecisionModelOptions = {}): OnnxModel {
  const random = createRandom(6, 'precision');
  const initializers: OnnxTensor[] = [];
  const nodes: OnnxNode[] = [];
  const tensor = (name: string, dims: readonly number[], spread: number): string => {
    const length = dims.reduce((product, size) => product * size, 1);
    const values = Float32Array.from({ length }, (_, index) => {
      const channel = Math.floor((index * (dims[0] as number)) / length);
      const loudness = name.startsWith('loud') ? 10 ** -(channel % 4) : 1;
      return (random.next() - 0.45) * spread * loudness;
    });
    initializers.push(change(floatTensor(name, dims, values)));
    return name;
  };
  const constant = (name: string, value: number): string => {
    initializers.push(change(floatTensor(name, [], [value])));
    return name;
  };
  const node = (
    name: string,
    opType: string,
    inputs: readonly string[],
    attributes: readonly OnnxAttribute[] = [],
  ): string => {
    const output = name === 'calibration' ? 'logits' : name === 'softmax' ? 'probabilities' : name;
    nodes.push({ name, opType, inputs, outputs: [output], attributes });
    return output;
  };
  const ints = (name: string, value: readonly number[]): OnnxAttribute => ({
    name,
    type: 'ints',
    value,
  });
  const int = (name: string, value: number): OnnxAttribute => ({ name, type: 'int', value });

  const first = node(
    'loud',
    'Conv',
    ['pixel_values', tensor('loud/kernel', [8, 3, 3, 3], 0.8), tensor('loud/bias', [8], 0.3)],
    [ints('pads', [1, 1, 1, 1])],
  );
  const bounded = node('loud_relu', 'Clip', [first, constant('zero', 0), constant('six', 6)]);
  const depthwise = node(
    'depthwise',
    'Conv',
    [bounded, tensor('depthwise/kernel', [8, 1, 3, 3], 2), tensor('depthwise/bias', [8], 0.3)],
    [ints('pads', [1, 1, 1, 1]), int('group', 8)],
  );
  const active = node('depthwise_relu', 'Relu', [depthwise]);
  const pointwise = node('pointwise', 'Conv', [
    active,
    tensor('pointwise/kernel', [8, 8, 1, 1], 1),
  ]);
  const sum = node('shortcut', 'Add', [pointwise, bounded]);
  const summed = node('shortcut_relu', 'Relu', [sum]);
  initializers.push(int64Tensor('pads', [0, 0, 1, 1, 0, 0, 1, 1]));
  const padded = node('pad', 'Pad', [summed, 'pads', constant('pad/value', 0.25)]);
  const pooled = node(
    'pool',
    'MaxPool',
    [padded],
    [ints('kernel_shape', [3, 3]), ints('strides', [2, 2])],
  );
  const left = node('left', 'Conv', [
    pooled,
    tensor('left/kernel', [8, 8, 1, 1], 1),
    tensor('left/bias', [8], 0.2),
  ]);
  const leftRelu = node('left_relu', 'Relu', [left]);
  const average = node(
    'average',
    'AveragePool',
    [pooled],
    [ints('kernel_shape', [3, 3]), ints('pads', [1, 1, 1, 1])],
  );
  const right = node('right', 'Conv', [
    average,
    tensor('right/kernel', [8, 8, 1, 1], 1),
    tensor('right/bias', [8], 0.2),
  ]);
  const rightRelu = node('right_relu', 'Relu', [right]);
  const both = node('both', 'Concat', [leftRelu, rightRelu], [int('axis', 1)]);
  const last = node('last', 'Conv', [
    both,
    tensor('last/kernel', [512, 16, 1, 1], 0.5),
    tensor('last/bias', [512], 0.1),
  ]);
  const lastRelu = node('last_relu', 'Relu', [last]);
  const mean = node('mean', 'GlobalAveragePool', [lastRelu]);
  const flat = node('flat', 'Flatten', [mean]);
  const dense = node('dense', 'Gemm', [
    flat,
    tensor('dense/kernel', [512, 16], 0.3),
    tensor('dense/bias', [16], 0.1),
  ]);
  const norm = node('embedding/norm', 'ReduceL2', [dense], [ints('axes', [1]), int('keepdims', 1)]);
  const least = node('embedding/bounded', 'Clip', [norm, constant('epsilon', 1e-12)]);
  const embedding = node('embedding', 'Div', [dense, least]);
  const raw = node('head', 'Gemm', [
    embedding,
    tensor('head/kernel', [16, CLASSES], 6),
    tensor('head/bias', [CLASSES], 0.2),
  ]);
  const logits = node('calibration', 'Div', [raw, constant('temperature', 0.7)]);
  node('softmax', 'Softmax', [logits], [int('axis', 1)]);
  node('last_hidden_state', 'Identity', [embedding]);

  const value = (name: string, dims: readonly (number | string)[]) => ({
    name,
    dataType: 'float32' as const,
    dims: dims.map((size) => ({ size })),
  });
  return {
    irVersion: 8,
    opsets: [{ domain: '', version: 17 }],
    producerName: 'isometry',
    metadata: new Map([['key', 'value']]),
    graph: {
      name: 'precision',
      nodes,
      initializers,
      inputs: [value('pixel_values', ['N', 3, SIDE, SIDE])],
      outputs: [
        value('embedding', ['N', 16]),
        value('logits', ['N', CLASSES]),
        value('probabilities', ['N', CLASSES]),
        value('last_hidden_state', ['N', 16]),
      ],
      valueInfo: [value('depthwise_relu', ['N', 8, SIDE, SIDE]), value('flat', ['N', 512])],
    },
  };
}

/** Smooth pictures with a few waves each, the same for the same seed. */
export function pictures(count: number, seed: number, side = SIDE): ImageBatch {
  const random = createRandom(seed, 'pictures');
  const data = new Float32Array(count * 3 * side * side);
  for (let image = 0; image < count; image += 1) {
    for (let channel = 0; channel < 3; channel += 1) {
      const [rows, columns, phase, level] = [
        random.next(),
        random.next(),
        6 * random.next(),
        random.next() - 0.5,
      ];
      for (let at = 0; at < side * side; at += 1) {
        const wave = Math.sin(phase + rows * Math.floor(at / side) + columns * (at % side));
        data[(image * 3 + channel) * side * side + at] = 0.7 * wave + level;
      }
    }
  }
  return {
    tensor: { data, dims: [count, 3, side, side] },
    digests: Array.from({ length: count }, (_, image) => `${seed}-${image}`),
  };
}
