import { floatTensor, type OnnxModel, type OnnxNode, type OnnxTensor } from '@isometry/onnx';
import { capturedValues } from './captured-values.ts';
import type { CollectedActivations } from './collect-activations.ts';
import { floatConstants } from './float-constants.ts';
import { floatValues } from './float-values.ts';
import { readWeightedNode, type WeightedNode } from './quantisable-node.ts';
import type { WeightLayout } from './quantise-weights.ts';
import { valueReaders } from './value-readers.ts';

/** A node with weights, the bound behind it, and the depthwise convolutions that alone read the result. */
export interface DepthwisePair {
  readonly producer: WeightedNode;
  /** What the bound gives. */
  readonly value: string;
  readonly consumers: readonly WeightedNode[];
}

/** A channel that is all but silent is not made louder than this: nobody has seen what it is on other images. */
const MAX_FACTOR = 64;

/** Finds the values whose channels {@link equaliseChannels} can make equally large. */
export function findDepthwisePairs({ graph }: OnnxModel): readonly DepthwisePair[] {
  const constants = floatConstants(graph);
  const readers = valueReaders(graph);
  const pinned = new Set([
    ...graph.outputs.map(({ name }) => name),
    ...capturedValues(graph.nodes),
  ]);
  const readAlone = (node: OnnxNode): WeightedNode | undefined => {
    const found = readWeightedNode(node, constants);
    const isShared = [found?.weights, found?.bias].some(
      (tensor) => tensor !== undefined && (readers.get(tensor.name)?.length ?? 0) > 1,
    );
    return isShared ? undefined : found;
  };
  return graph.nodes.flatMap((node) => {
    const producer = readAlone(node);
    const [bound, ...others] = readers.get(node.outputs[0] as string) ?? [];
    if (producer === undefined || bound === undefined || others.length > 0) return [];
    const value = bound.outputs[0] as string;
    if (
      !isScalable(bound, constants) ||
      pinned.has(value) ||
      pinned.has(node.outputs[0] as string)
    ) {
      return [];
    }
    const consumers = (readers.get(value) ?? []).map(readAlone);
    const depthwise = consumers.filter(
      (one) => one !== undefined && one.layout.groups === producer.layout.channels,
    );
    const areAll = depthwise.length === consumers.length && depthwise.length > 0;
    return areAll ? [{ producer, value, consumers: depthwise as WeightedNode[] }] : [];
  });
}

/** Whether a larger value only meets the bound earlier: above, where the largest channel has been anyway; never below. */
function isScalable(
  { opType, inputs }: OnnxNode,
  constants: ReadonlyMap<string, OnnxTensor>,
): boolean {
  if (opType === 'Relu') return true;
  const minimum = constants.get(inputs[1] ?? '');
  return opType === 'Clip' && minimum !== undefined && floatValues(minimum)[0] === 0;
}

/**
 * Makes the channels in front of depthwise convolutions equally large, so that each has all 256 steps. Both layers
 * have a scale of their own for every such channel, so that their weights lose nothing (after M. Nagel et al. 2019,
 * "Data-Free Quantization Through Weight Equalization and Bias Correction", who share the cost between two layers).
 * Elsewhere nothing changes: the model computes the same but for values above the largest of the calibration.
 */
export function equaliseChannels(
  model: OnnxModel,
  pairs: readonly DepthwisePair[],
  { histograms }: CollectedActivations,
): OnnxModel {
  const scaled = new Map<string, Float32Array>();
  const valuesOf = (tensor: OnnxTensor): Float32Array => {
    const values = scaled.get(tensor.name) ?? floatValues(tensor);
    scaled.set(tensor.name, values);
    return values;
  };
  for (const { producer, value, consumers } of pairs) {
    const maxima = histograms.get(value)?.channelMaxima;
    if (maxima === undefined) continue;
    const range = maxima.reduce((most, maximum) => Math.max(most, maximum), 0);
    const factors = maxima.map((maximum) =>
      maximum > 0 ? Math.min(MAX_FACTOR, range / maximum) : 1,
    );
    scaleChannels(valuesOf(producer.weights), producer.layout, (channel) => factors[channel] ?? 1);
    if (producer.bias !== undefined) {
      const bias = valuesOf(producer.bias);
      for (const [channel, factor] of factors.entries()) {
        bias[channel] = (bias[channel] as number) * factor;
      }
    }
    for (const { weights, layout } of consumers) {
      // A depthwise kernel's output channels belong to one input channel, several to each where there is a multiplier.
      const multiplier = layout.channels / layout.groups;
      scaleChannels(
        valuesOf(weights),
        layout,
        (channel) => 1 / (factors[Math.floor(channel / multiplier)] ?? 1),
      );
    }
  }
  const initializers = model.graph.initializers.map((tensor) => {
    const values = scaled.get(tensor.name);
    return values === undefined ? tensor : floatTensor(tensor.name, tensor.dims, values);
  });
  return { ...model, graph: { ...model.graph, initializers } };
}

function scaleChannels(
  values: Float32Array,
  { channels, inputs, area, channelStride, inputStride }: WeightLayout,
  factorOf: (channel: number) => number,
): void {
  for (let channel = 0; channel < channels; channel += 1) {
    const factor = factorOf(channel);
    for (let input = 0; input < inputs; input += 1) {
      const start = channel * channelStride + input * inputStride;
      for (let at = start; at < start + area; at += 1) values[at] = (values[at] as number) * factor;
    }
  }
}
