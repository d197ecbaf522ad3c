import type { OnnxGraph, OnnxNode, OnnxTensor } from '@isometry/onnx';
import { capturedValues } from './captured-values.ts';
import { readWeightedNode, type WeightedNode } from './quantisable-node.ts';
import { valueReaders } from './value-readers.ts';

/** What of a graph is computed in int8. */
export interface QuantisationPlan {
  /** Nodes whose weights become int8, by name of the node. */
  readonly weighted: ReadonlyMap<OnnxNode, WeightedNode>;
  /** Every value that becomes uint8, in the order of computation, with the first of those that share its scale. */
  readonly values: ReadonlyMap<string, string>;
  /** Nodes that ONNX Runtime computes in 8 bits: what reads their results reads the rounded ones. */
  readonly integerNodes: ReadonlySet<OnnxNode>;
}

/** Operators that have an int8 form in ONNX Runtime and no weights. */
const FOLLOWERS = new Set(['Add', 'AveragePool', 'GlobalAveragePool']);

/** Operators that only move values, so that input and output share one scale; the first input is the data. */
const MOVERS = new Set(['MaxPool', 'Flatten', 'Reshape', 'Squeeze', 'Transpose', 'Unsqueeze']);

/** Operators that bound a result: the range of the rounded value says the same, and ONNX Runtime drops them. */
const BOUNDS = new Set(['Relu', 'Clip']);

/** Plans int8 for all of a graph except the nodes in `keepFloat`. */
export function planQuantisation(
  graph: OnnxGraph,
  constants: ReadonlyMap<string, OnnxTensor>,
  keepFloat: ReadonlySet<string>,
): QuantisationPlan {
  const readers = valueReaders(graph);
  const seenOutside = new Set([
    ...graph.outputs.map(({ name }) => name),
    ...capturedValues(graph.nodes),
  ]);
  const weighted = new Map<OnnxNode, WeightedNode>();
  for (const node of graph.nodes) {
    const found = keepFloat.has(node.name) ? undefined : readWeightedNode(node, constants);
    if (found !== undefined) weighted.set(node, found);
  }
  /** The value that is rounded after a node: behind its bound, where it alone reads the node. */
  const resultOf = (node: OnnxNode): string => {
    const output = node.outputs[0] as string;
    if (!weighted.has(node) && node.opType !== 'Add') return output;
    const [reader, ...others] = readers.get(output) ?? [];
    if (reader === undefined || others.length > 0 || seenOutside.has(output)) return output;
    const isBound = BOUNDS.has(reader.opType) && reader.inputs[0] === output;
    return isBound && !keepFloat.has(reader.name) ? (reader.outputs[0] as string) : output;
  };
  const followers = findFollowers(graph, { constants, keepFloat, weighted, resultOf });

  const integerNodes = new Set<OnnxNode>();
  const shared = new Map<string, string>();
  const rounded = new Set<string>();
  const first = (value: string): string => {
    const next = shared.get(value);
    return next === undefined ? value : first(next);
  };
  const share = (a: string, b: string): void => {
    if (first(a) !== first(b)) shared.set(first(b), first(a));
  };
  for (const node of graph.nodes) {
    const isFollower = followers.has(node);
    if (!weighted.has(node) && !isFollower) continue;
    const inputs = isFollower ? dataInputs(node) : node.inputs.slice(0, 1);
    for (const input of inputs) rounded.add(input);
    const result = resultOf(node);
    // A matrix product gives floats just as well; a convolution does not.
    const isRounded =
      isFollower || node.opType === 'Conv' || isWanted(result, readers, followers, weighted);
    if (!isRounded) continue;
    integerNodes.add(node);
    rounded.add(result);
    if (MOVERS.has(node.opType) || node.opType === 'Concat') {
      for (const input of inputs) share(input, result);
    }
  }
  const order = [
    ...graph.inputs.map(({ name }) => name),
    ...graph.nodes.flatMap(({ outputs }) => outputs),
  ];
  return {
    weighted,
    integerNodes,
    values: new Map(
      order.filter((value) => rounded.has(value)).map((value) => [value, first(value)]),
    ),
  };
}

function isWanted(
  value: string,
  readers: ReadonlyMap<string, readonly OnnxNode[]>,
  followers: ReadonlySet<OnnxNode>,
  weighted: ReadonlyMap<OnnxNode, WeightedNode>,
): boolean {
  return (readers.get(value) ?? []).some(
    (reader) => followers.has(reader) || weighted.get(reader)?.node.inputs[0] === value,
  );
}

interface FollowerSearch {
  readonly constants: ReadonlyMap<string, OnnxTensor>;
  readonly keepFloat: ReadonlySet<string>;
  readonly weighted: ReadonlyMap<OnnxNode, WeightedNode>;
  readonly resultOf: (node: OnnxNode) => string;
}

/**
 * Nodes without weights that join: all that they read is computed in 8 bits, and what they give is read in 8 bits.
 * An average just before a float layer is better taken of floats.
 */
function findFollowers(
  { nodes }: OnnxGraph,
  { constants, keepFloat, weighted, resultOf }: FollowerSearch,
): ReadonlySet<OnnxNode> {
  const able = new Set<OnnxNode>();
  const made = new Set<string>();
  for (const node of nodes) {
    if (isFollowerType(node) && !keepFloat.has(node.name)) {
      const inputs = dataInputs(node);
      if (inputs.every((input) => made.has(input) && !constants.has(input))) able.add(node);
    }
    if (able.has(node) || weighted.has(node)) made.add(resultOf(node));
  }
  const followers = new Set<OnnxNode>();
  const wanted = new Set<string>();
  for (const node of nodes.toReversed()) {
    if (weighted.has(node)) wanted.add(node.inputs[0] as string);
    else if (able.has(node) && wanted.has(resultOf(node))) {
      followers.add(node);
      for (const input of dataInputs(node)) wanted.add(input);
    }
  }
  return followers;
}

function isFollowerType({ opType, domain = '' }: OnnxNode): boolean {
  return domain === '' && (FOLLOWERS.has(opType) || MOVERS.has(opType) || opType === 'Concat');
}

function dataInputs({ opType, inputs }: OnnxNode): readonly string[] {
  return MOVERS.has(opType) ? inputs.slice(0, 1) : inputs;
}
