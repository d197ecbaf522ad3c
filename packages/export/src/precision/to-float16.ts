import type { OnnxGraph, OnnxModel, OnnxNode, OnnxTensor } from '@isometry/onnx';
import { intAttribute } from '../attribute.ts';
import { assertFloatModel } from './assert-float-model.ts';
import { capturedValues } from './captured-values.ts';
import { toFloat16Bits } from './float16.ts';
import { floatConstants } from './float-constants.ts';
import { floatValues } from './float-values.ts';
import { findSmallWeights } from './find-small-weights.ts';
import { createFreshName } from './fresh-name.ts';
import { halfNodes, halfOutputs, isTyped } from './half-nodes.ts';
import { HALF_OPERATORS } from './half-operators.ts';

export interface ToFloat16Options {
  /**
   * Names of nodes that stay in float32 besides those that always do, e.g. what `findBeyondHalf` finds.
   * @defaultValue none
   */
  readonly keepFloat?: readonly string[] | undefined;
}

/** ONNX's numbers of the types that Cast takes. */
const CAST_TO = { float32: 1, float16: 10 } as const;

type Half = keyof typeof CAST_TO;

/**
 * Makes a float16 model of a float32 one: half the size, the same names. Weights are rounded to the nearest; inputs
 * and outputs stay float32. What runs in float32 still: operators outside {@link HALF_OPERATORS} (sums over many
 * values, norms, divisions), nodes that read a constant which float16 cannot hold (above 65,504, or not zero and
 * rounded to it in a Clip, Max or other element-wise node, as the 1e-12 of an L2 normalisation), nodes with
 * inner graphs, and those of {@link findSmallWeights}. Where the two meet stands one Cast a value.
 * @throws `OPTION_INVALID` when the model is float16 or quantised already
 */
export function toFloat16(model: OnnxModel, options: ToFloat16Options = {}): OnnxModel {
  assertFloatModel(model, 'fp16');
  const keepFloat = new Set([...(options.keepFloat ?? []), ...findSmallWeights(model.graph)]);
  return { ...model, graph: convertGraph(model.graph, keepFloat) };
}

function convertGraph(graph: OnnxGraph, keepFloat: ReadonlySet<string>): OnnxGraph {
  const constants = floatConstants(graph);
  const half = halfNodes(graph, constants, keepFloat);
  // These keep their name and type, whoever makes them.
  const pinned = new Set([
    ...graph.outputs.map(({ name }) => name),
    ...capturedValues(graph.nodes),
  ]);
  const fresh = createFreshName(graph);
  const nodes: OnnxNode[] = [];
  const halfConstants: OnnxTensor[] = [];
  /** By value, what it is called in each type; a value of one type has the other only when somebody reads it. */
  const names: Readonly<Record<Half, Map<string, string>>> = {
    float16: new Map(),
    float32: new Map(),
  };
  const cast = (value: string, from: string, to: Half, output: string): void => {
    nodes.push({
      name: fresh(`${value}/to-${to}`),
      opType: 'Cast',
      inputs: [from],
      outputs: [output],
      attributes: [intAttribute('to', CAST_TO[to])],
    });
  };
  /** Values that a node makes in float16. */
  const made = new Set<string>();
  const inType = (value: string, type: Half): string => {
    const known = names[type].get(value);
    if (known !== undefined) return known;
    if (type === 'float32' && !made.has(value)) return value;
    const constant = constants.get(value);
    const name = fresh(`${value}/${type}`);
    if (constant === undefined) cast(value, names.float16.get(value) ?? value, type, name);
    else halfConstants.push(toHalfTensor(constant, name));
    names[type].set(value, name);
    return name;
  };

  for (const node of graph.nodes) {
    const typed = half.has(node) ? HALF_OPERATORS[node.opType]?.typed : undefined;
    const inputs = node.inputs.map((input, index) => {
      if (input === '') return input;
      return inType(input, typed !== undefined && isTyped(typed, index) ? 'float16' : 'float32');
    });
    if (typed === undefined) {
      nodes.push({ ...node, inputs });
      continue;
    }
    const halves = halfOutputs(node);
    const outputs = node.outputs.map((output) => {
      if (!halves.includes(output)) return output;
      const name = pinned.has(output) ? fresh(`${output}/float16`) : output;
      names.float16.set(output, name);
      made.add(output);
      return name;
    });
    nodes.push({ ...node, inputs, outputs });
    for (const output of halves.filter((one) => pinned.has(one))) {
      cast(output, names.float16.get(output) as string, 'float32', output);
      names.float32.set(output, output);
    }
  }
  return finish(graph, nodes, halfConstants, names.float16);
}

function toHalfTensor({ dims, ...tensor }: OnnxTensor, name: string): OnnxTensor {
  const bits = toFloat16Bits(floatValues({ dims, ...tensor }));
  const data = new Uint8Array(bits.length * 2);
  const view = new DataView(data.buffer);
  for (let index = 0; index < bits.length; index += 1) {
    view.setUint16(index * 2, bits[index] as number, true);
  }
  return { name, dataType: 'float16', dims, data };
}

/** Drops constants that nobody reads any more, gives half constants their old names back, and says the new types. */
function finish(
  graph: OnnxGraph,
  nodes: readonly OnnxNode[],
  halfConstants: readonly OnnxTensor[],
  halfNames: ReadonlyMap<string, string>,
): OnnxGraph {
  const read = new Set([...nodes.flatMap(({ inputs }) => inputs), ...capturedValues(nodes)]);
  for (const { name } of graph.outputs) read.add(name);
  const originals = new Map([...halfNames].map(([value, name]) => [name, value]));
  const renamed = new Map(
    halfConstants.flatMap(({ name }) => {
      const value = originals.get(name) as string;
      return read.has(value) ? [] : [[name, value] as const];
    }),
  );
  const newName = (name: string): string => renamed.get(name) ?? name;
  const kept = nodes.filter(
    ({ opType, outputs }) => opType !== 'Constant' || outputs.some((output) => read.has(output)),
  );
  return {
    ...graph,
    nodes: kept.map((node) => ({ ...node, inputs: node.inputs.map(newName) })),
    initializers: [
      ...graph.initializers.filter(({ name }) => read.has(name)),
      ...halfConstants.map((tensor) => ({ ...tensor, name: newName(tensor.name) })),
    ],
    ...(graph.valueInfo === undefined
      ? {}
      : {
          valueInfo: graph.valueInfo.map((value) =>
            halfNames.get(value.name) === value.name ? { ...value, dataType: 'float16' } : value,
          ),
        }),
  };
}
