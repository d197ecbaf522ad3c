import type { OnnxGraph, OnnxNode, OnnxTensor } from '@isometry/onnx';
import { intAttribute } from '../attribute.ts';
import type { ActivationParameters } from './quantisation-parameters.ts';
import { createFreshName, type FreshName } from './fresh-name.ts';
import type { WeightedNode } from './quantisable-node.ts';
import type { QuantisationPlan } from './quantisation-plan.ts';
import type { QuantisedWeights } from './quantise-weights.ts';

/** What is known of the values that become uint8. */
export interface QuantisedGraphOptions {
  readonly parameters: (value: string) => ActivationParameters;
  /** Quantises a node's weights, by the scale of what they are multiplied with. */
  readonly quantise: (weighted: WeightedNode, inputScale: number) => QuantisedWeights;
}

/**
 * Writes a graph with QuantizeLinear and DequantizeLinear around what the plan has: the form that ONNX Runtime fuses
 * into integer operators, and that every other runtime can compute as it stands. Nodes keep their names and values;
 * what is new of a node is called `<node>/…`.
 */
export function writeQuantisedGraph(
  graph: OnnxGraph,
  plan: QuantisationPlan,
  options: QuantisedGraphOptions,
): OnnxGraph {
  const fresh = createFreshName(graph);
  const nodes: OnnxNode[] = [];
  const initializers: OnnxTensor[] = [];
  /** By value, the rounded one; and whether only that exists. */
  const rounded = new Map<string, string>();
  const integers = integerValues(graph, plan);
  const outputs = new Set(graph.outputs.map(({ name }) => name));
  const round = (value: string, maker: string): void => {
    if (!plan.values.has(value)) return;
    rounded.set(value, addRounding(value, maker, { nodes, initializers, fresh }, options));
  };
  for (const { name } of graph.inputs) round(name, name);
  for (const node of graph.nodes) {
    const weighted = plan.weighted.get(node);
    const reads8Bits = weighted !== undefined || plan.integerNodes.has(node);
    const inputs = node.inputs.map((input) =>
      reads8Bits || (integers.has(input) && !outputs.has(input))
        ? (rounded.get(input) ?? input)
        : input,
    );
    if (isQuantisedByRuntime(node) && !reads8Bits && inputs[0] !== node.inputs[0]) {
      inputs[0] = addGuard(node, inputs[0] as string, { nodes, initializers, fresh }, options);
    }
    if (weighted === undefined) nodes.push({ ...node, inputs });
    else {
      const [weights, bias] = addWeights(weighted, { nodes, initializers, fresh }, options);
      nodes.push({
        ...node,
        inputs: [inputs[0] as string, weights, ...(bias === undefined ? [] : [bias])],
      });
    }
    for (const output of node.outputs) round(output, node.name);
  }
  const read = new Set([...nodes.flatMap(({ inputs }) => inputs), ...outputs]);
  return {
    ...graph,
    nodes: nodes.filter(
      ({ opType, outputs: made }) => opType !== 'Constant' || made.some((name) => read.has(name)),
    ),
    initializers: [...graph.initializers.filter(({ name }) => read.has(name)), ...initializers],
  };
}

/** The graph that is being written. */
interface Draft {
  readonly nodes: OnnxNode[];
  readonly initializers: OnnxTensor[];
  readonly fresh: FreshName;
}

/** Values that an integer operator gives: everybody but an output reads the rounded one, or it would be computed twice. */
function integerValues(graph: OnnxGraph, plan: QuantisationPlan): ReadonlySet<string> {
  const made = new Set([...plan.integerNodes].flatMap(({ outputs }) => outputs));
  for (const node of graph.nodes) {
    const [input = ''] = node.inputs;
    // The bound behind it.
    if (made.has(input) && !plan.values.has(input)) for (const name of node.outputs) made.add(name);
  }
  return made;
}

/**
 * ONNX Runtime 1.30 quantises the float weights of a node that stands between a DequantizeLinear and a QuantizeLinear
 * (its WeightBiasQuantization), and with one scale for all channels: a node left in float32 would be worse than in int8.
 */
function isQuantisedByRuntime({ opType }: OnnxNode): boolean {
  return opType === 'Conv' || opType === 'ConvTranspose' || opType === 'Gemm';
}

/** A Clip to the range that the value has anyway, so that no DequantizeLinear stands before the node. */
function addGuard(
  node: OnnxNode,
  input: string,
  { nodes, initializers, fresh }: Draft,
  { parameters }: QuantisedGraphOptions,
): string {
  const { scale, zeroPoint } = parameters(node.inputs[0] as string);
  const ends = [-zeroPoint * scale, (255 - zeroPoint) * scale].map((end, index) => {
    const name = fresh(`${node.name}/float/${index === 0 ? 'min' : 'max'}`);
    initializers.push({ name, dataType: 'float32', dims: [], data: bytesOf(Float32Array.of(end)) });
    return name;
  });
  const result = fresh(`${node.name}/float`);
  nodes.push({ name: result, opType: 'Clip', inputs: [input, ...ends], outputs: [result] });
  return result;
}

function addRounding(
  value: string,
  maker: string,
  { nodes, initializers, fresh }: Draft,
  { parameters }: QuantisedGraphOptions,
): string {
  const { scale, zeroPoint } = parameters(value);
  const scaleName = fresh(`${value}/scale`);
  const zeroName = fresh(`${value}/zero_point`);
  const quantised = fresh(`${value}/quantized`);
  const result = fresh(`${value}/dequantized`);
  initializers.push(
    { name: scaleName, dataType: 'float32', dims: [], data: bytesOf(Float32Array.of(scale)) },
    { name: zeroName, dataType: 'uint8', dims: [], data: Uint8Array.of(zeroPoint) },
  );
  nodes.push(
    {
      name: fresh(`${maker}/quantize`),
      opType: 'QuantizeLinear',
      inputs: [value, scaleName, zeroName],
      outputs: [quantised],
    },
    {
      name: fresh(`${maker}/dequantize`),
      opType: 'DequantizeLinear',
      inputs: [quantised, scaleName, zeroName],
      outputs: [result],
    },
  );
  return result;
}

function addWeights(
  weighted: WeightedNode,
  draft: Draft,
  { parameters, quantise }: QuantisedGraphOptions,
): readonly [weights: string, bias: string | undefined] {
  const { node, weights, layout, axis } = weighted;
  const quantised = quantise(weighted, parameters(node.inputs[0] as string).scale);
  const { dims } = weights;
  const { channels } = layout;
  const weightName = addDequantised(
    draft,
    { name: `${node.name}/weight`, dataType: 'int8', dims, data: bytesOf(quantised.values) },
    quantised.scales,
    axis,
  );
  if (quantised.bias === undefined) return [weightName, undefined];
  const biasName = addDequantised(
    draft,
    {
      name: `${node.name}/bias`,
      dataType: 'int32',
      dims: [channels],
      data: bytesOf(quantised.bias),
    },
    quantised.biasScales,
    0,
  );
  return [weightName, biasName];
}

function addDequantised(
  { nodes, initializers, fresh }: Draft,
  tensor: OnnxTensor,
  scales: Float32Array,
  axis: number,
): string {
  const dims = [scales.length];
  const quantised = { ...tensor, name: fresh(`${tensor.name}/quantized`) };
  const scale = fresh(`${tensor.name}/scale`);
  const result = fresh(`${tensor.name}/dequantized`);
  initializers.push(quantised, {
    name: scale,
    dataType: 'float32',
    dims,
    data: bytesOf(scales),
  });
  const inputs = [quantised.name, scale];
  // Without one the type would be taken for uint8 by ONNX Runtime's fusion; of int32 ONNX allows none but zero.
  if (tensor.dataType === 'int8') {
    const zero = fresh(`${tensor.name}/zero_point`);
    initializers.push({ name: zero, dataType: 'int8', dims, data: new Uint8Array(scales.length) });
    inputs.push(zero);
  }
  nodes.push({
    name: fresh(`${tensor.name}/dequantize`),
    opType: 'DequantizeLinear',
    inputs,
    outputs: [result],
    attributes: [intAttribute('axis', axis)],
  });
  return result;
}

function bytesOf(values: Float32Array | Int32Array | Int8Array): Uint8Array {
  if (isLittleEndian || values.BYTES_PER_ELEMENT === 1) {
    return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  }
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) {
    if (values instanceof Float32Array) view.setFloat32(index * 4, value, true);
    else view.setInt32(index * 4, value, true);
  }
  return bytes;
}

const isLittleEndian: boolean = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
