import type { OnnxNode } from '@isometry/onnx';
import type { ConvertedGraph, NamedValue } from './converted-graph.ts';
import { findValue, quoted } from './find-value.ts';
import type { GraphDraft } from './graph-draft.ts';
import { flatten, inKerasOrder } from './keras-order.ts';
import { roleUnclear } from './role-unclear.ts';
import { toVector } from './to-vector.ts';
import { onnxShape, valueCount, type Value } from './value.ts';

/**
 * What a model itself gives where the file has the logits. `second logit` and `second probability` are of two classes,
 * one value an image.
 */
export type LogitsForm =
  'logits' | 'probabilities' | 'sigmoids' | 'second logit' | 'second probability';

/** What tells the classes apart. */
export interface Logits {
  /** A vector, one value a class. */
  readonly value: Value;
  /** The value at the end of the network that it comes from, before it was made a pair. */
  readonly raw: string;
  /** The output or layer that was taken for it. */
  readonly from: NamedValue;
  /** What `from` is. */
  readonly form: LogitsForm;
  /** The model's output that it stands for, if it is one. */
  readonly output?: NamedValue | undefined;
  /** The Softmax that was taken off. */
  readonly softmax?: OnnxNode | undefined;
}

/** Finds the logits: see `ClassifierRoles`. @throws `OPTION_INVALID` */
export function findLogits(
  graph: ConvertedGraph,
  roles: {
    readonly logits?: string | undefined;
    readonly embedding?: string | undefined;
    readonly labelCount?: number | undefined;
  },
): Logits {
  const found =
    roles.logits === undefined
      ? defaultOutput(graph, roles)
      : findValue(graph, roles.logits, 'logits');
  const output = graph.outputs.find(
    ({ name, value }) => name === found.name && value === found.value,
  );
  const logits = { ...beforeActivation(graph, found, roles), from: found, output };
  const count = valueCount(logits.value);
  if (roles.labelCount !== undefined && roles.labelCount !== count) {
    throw roleUnclear(
      'labels',
      `Output "${found.name}": it tells ${count} classes apart, and there are ${roles.labelCount} labels`,
    );
  }
  return logits;
}

function defaultOutput(
  graph: ConvertedGraph,
  roles: { readonly embedding?: string | undefined; readonly labelCount?: number | undefined },
): NamedValue {
  const own = graph.outputs.find(({ name }) => name === 'logits');
  if (own !== undefined) return own;
  const candidates = graph.outputs.filter(
    ({ name }) => name !== 'embedding' && name !== roles.embedding,
  );
  const narrower = [
    candidates,
    candidates.filter(({ value }) => lastActivation(graph.draft, value.name)?.opType === 'Softmax'),
    candidates.filter(({ value }) => valueCount(value) === roles.labelCount),
  ];
  const found = narrower.find((list) => list.length === 1)?.[0];
  if (found !== undefined) return found;
  throw roleUnclear(
    'logits',
    `Which of the model's outputs tells the classes apart is not clear: ${quoted(graph.outputs.map(({ name }) => name))}`,
  );
}

function beforeActivation(
  graph: ConvertedGraph,
  { name, value }: NamedValue,
  roles: { readonly logits?: string | undefined; readonly labelCount?: number | undefined },
): Omit<Logits, 'from' | 'output'> {
  const { draft } = graph;
  const count = valueCount(value);
  const activation = lastActivation(draft, value.name);
  const vector = toVector(draft, value);
  if (vector === undefined) {
    throw roleUnclear(
      'logits',
      `Output "${name}": its shape [${value.shape.join(', ')}] is no list of classes`,
    );
  }
  if (count === 1) {
    if (activation?.opType === 'Sigmoid') {
      const raw = valueBefore(graph, activation, count);
      return { value: pairOf(draft, raw), raw: raw.name, form: 'second probability' };
    }
    if (roles.labelCount !== 2) {
      throw roleUnclear(
        'logits',
        `Output "${name}": it has a single value that is no sigmoid, and tells no classes apart`,
      );
    }
    return { value: pairOf(draft, vector), raw: vector.name, form: 'second logit' };
  }
  switch (activation?.opType) {
    case 'Softmax': {
      if (!isOverAll(graph, activation, count)) {
        throw roleUnclear(
          'logits',
          `Output "${name}": its softmax is over some of its ${count} values, not one choice among ${count}`,
        );
      }
      const raw = valueBefore(graph, activation, count);
      return { value: raw, raw: raw.name, form: 'probabilities', softmax: activation };
    }
    case 'Sigmoid': {
      if (roles.logits === undefined) {
        throw roleUnclear(
          'logits',
          `Output "${name}": its ${count} values are sigmoids, each a yes or no of its own, not one choice among ${count}: name it as the logits to have a softmax of what goes into them`,
        );
      }
      const raw = valueBefore(graph, activation, count);
      return { value: raw, raw: raw.name, form: 'sigmoids' };
    }
    default:
      return { value: vector, raw: vector.name, form: 'logits' };
  }
}

/** What goes into an activation, as a vector in Keras' order. */
function valueBefore(graph: ConvertedGraph, activation: OnnxNode, count: number): Value {
  const { draft } = graph;
  // In the shape and order of what comes out. Unknown in a graph of another converter.
  const { shape = [count], flattenedFrom } = valueAfter(graph, activation) ?? {};
  const before: Value = {
    name: activation.inputs[0] ?? '',
    shape,
    ...(flattenedFrom === undefined ? {} : { flattenedFrom }),
  };
  return inKerasOrder(draft, flatten(draft, before, `${before.name}/vector`));
}

function valueAfter({ layers, outputs }: ConvertedGraph, node: OnnxNode): Value | undefined {
  return [...layers, ...outputs].find(({ value }) => value.name === node.outputs[0])?.value;
}

/** Whether a Softmax is one choice among all values of an image, as far as its shape is known. */
function isOverAll(graph: ConvertedGraph, softmax: OnnxNode, count: number): boolean {
  const shape = valueAfter(graph, softmax)?.shape;
  if (shape === undefined) return true;
  const sizes = [1, ...onnxShape(shape)];
  const axis = softmax.attributes?.find((attribute) => attribute.name === 'axis');
  return sizes.at(axis?.type === 'int' ? axis.value : -1) === count;
}

/** What changes no value, only its shape. */
const RESHAPING: ReadonlySet<string> = new Set(['Flatten', 'Identity', 'Reshape', 'Squeeze']);

/** The Softmax or Sigmoid that a value comes out of. */
function lastActivation(draft: GraphDraft, value: string): OnnxNode | undefined {
  let node = draft.producer(value);
  while (node !== undefined && RESHAPING.has(node.opType))
    node = draft.producer(node.inputs[0] ?? '');
  return node?.opType === 'Softmax' || node?.opType === 'Sigmoid' ? node : undefined;
}

/** The logits `[0, z]` of two classes: their softmax is `[1 - sigmoid(z), sigmoid(z)]`. */
function pairOf(draft: GraphDraft, { name }: Value): Value {
  const pads = draft.integersOf(`${name}/pair/pads`, [0, 1, 0, 0]);
  return { name: draft.add('Pad', { name: `${name}/pair`, inputs: [name, pads] }), shape: [2] };
}
