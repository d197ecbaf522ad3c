import type { OnnxNode, OnnxTensor } from '@isometry/onnx';
import type { WeightLayout } from './quantise-weights.ts';

/** A node whose weights become int8. */
export interface WeightedNode {
  readonly node: OnnxNode;
  readonly weights: OnnxTensor;
  readonly bias: OnnxTensor | undefined;
  readonly layout: WeightLayout;
  /** Which dimension of the weights is the output channel. */
  readonly axis: number;
}

/** Reads a node with constant weights: Conv, Gemm (`A * B + C` only) or MatMul; undefined for every other. */
export function readWeightedNode(
  node: OnnxNode,
  constants: ReadonlyMap<string, OnnxTensor>,
): WeightedNode | undefined {
  const [input = '', weightName = '', biasName = ''] = node.inputs;
  const weights = constants.get(weightName);
  const bias = constants.get(biasName);
  if (weights === undefined || constants.has(input)) return undefined;
  if (biasName !== '' && bias === undefined) return undefined;
  const placed = node.opType === 'Conv' ? convLayout(node, weights) : matrixLayout(node, weights);
  if (placed === undefined) return undefined;
  // Gemm would also take one number, or a matrix.
  if (bias !== undefined && bias.dims.join() !== `${placed.layout.channels}`) return undefined;
  return { node, weights, bias, ...placed };
}

function convLayout(
  node: OnnxNode,
  { dims }: OnnxTensor,
): Pick<WeightedNode, 'layout' | 'axis'> | undefined {
  const [channels, inputs, ...kernel] = dims;
  if (channels === undefined || inputs === undefined || kernel.length !== 2) return undefined;
  const area = kernel.reduce((product, size) => product * size, 1);
  const groups = readNumber(node, 'group', 1);
  return {
    layout: {
      channels,
      inputs,
      area,
      channelStride: inputs * area,
      inputStride: area,
      groups,
    },
    axis: 0,
  };
}

function matrixLayout(
  node: OnnxNode,
  { dims }: OnnxTensor,
): Pick<WeightedNode, 'layout' | 'axis'> | undefined {
  const isPlain =
    node.opType === 'MatMul' ||
    (node.opType === 'Gemm' &&
      readNumber(node, 'alpha', 1) === 1 &&
      readNumber(node, 'beta', 1) === 1 &&
      readNumber(node, 'transA', 0) === 0);
  const [rows, columns] = dims;
  if (!isPlain || rows === undefined || columns === undefined || dims.length !== 2)
    return undefined;
  const isTransposed = readNumber(node, 'transB', 0) === 1;
  return {
    layout: {
      channels: isTransposed ? rows : columns,
      inputs: isTransposed ? columns : rows,
      area: 1,
      channelStride: isTransposed ? columns : 1,
      inputStride: isTransposed ? 1 : columns,
      groups: 1,
    },
    axis: isTransposed ? 0 : 1,
  };
}

function readNumber({ attributes = [] }: OnnxNode, name: string, missing: number): number {
  const found = attributes.find((attribute) => attribute.name === name);
  return found?.type === 'int' || found?.type === 'float' ? found.value : missing;
}
