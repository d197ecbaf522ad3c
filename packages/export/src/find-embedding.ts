import type { OnnxNode } from '@isometry/onnx';
import type { ConvertedGraph, NamedValue } from './converted-graph.ts';
import type { Logits } from './find-logits.ts';
import { findValue } from './find-value.ts';
import type { GraphDraft } from './graph-draft.ts';
import { roleUnclear } from './role-unclear.ts';
import { toVector } from './to-vector.ts';
import type { Value } from './value.ts';

/** The vector whose distances mean similarity. */
export interface Embedding {
  readonly value: Value;
  /** The model's output that it is, if it is one. */
  readonly output?: NamedValue | undefined;
}

/** Finds the embedding: see `ClassifierRoles`. @throws `OPTION_INVALID` */
export function findEmbedding(
  graph: ConvertedGraph,
  roles: { readonly embedding?: string | undefined },
  logits: Logits,
): Embedding {
  const { draft, outputs } = graph;
  const wanted =
    roles.embedding ?? (outputs.some(({ name }) => name === 'embedding') ? 'embedding' : undefined);
  if (wanted === undefined) {
    const value = headInput(graph, logits.raw);
    const vector = value === undefined ? undefined : toVector(draft, value);
    if (vector !== undefined) return { value: vector };
    throw roleUnclear('embedding', 'Nothing in the model says which layer is the embedding');
  }
  const found = findValue(graph, wanted, 'embedding');
  const value = toVector(draft, found.value);
  if (value === undefined) {
    throw roleUnclear(
      'embedding',
      `Layer "${found.name}": its shape [${found.value.shape.join(', ')}] is no vector: name the layer behind it that pools or flattens it`,
    );
  }
  return { value, output: outputs.find((output) => output.value === found.value) };
}

/** What lies between the last layer with weights and the logits: shapes, biases, scales. */
const PASSED: ReadonlySet<string> = new Set([
  'Add',
  'Div',
  'Flatten',
  'GlobalAveragePool',
  'Identity',
  'Mul',
  'ReduceMean',
  'Relu',
  'Reshape',
  'Squeeze',
  'Sub',
]);

/** The value that the last Dense layer or 1x1 convolution before a value gets. */
function headInput({ draft, layers, outputs }: ConvertedGraph, from: string): Value | undefined {
  let node = draft.producer(from);
  while (node !== undefined && PASSED.has(node.opType)) {
    const made = node.inputs.filter((name) => draft.producer(name) !== undefined);
    // A sum of two branches has no last layer.
    if (made.length !== 1) return undefined;
    node = draft.producer(made[0] as string);
  }
  const [name] = node?.inputs ?? [];
  if (node === undefined || name === undefined) return undefined;
  const width = inputWidth(draft, node);
  if (width === undefined) return undefined;
  const known = [...layers, ...outputs].find(({ value }) => value.name === name)?.value;
  if (known !== undefined || node.opType === 'Conv') return known;
  return { name, shape: [width] };
}

/** How many values such a layer takes a place; undefined for other nodes and larger kernels. */
function inputWidth(
  draft: GraphDraft,
  { opType, inputs, attributes }: OnnxNode,
): number | undefined {
  const [, weights = ''] = inputs;
  const dims = draft.floats.get(weights)?.dims ?? draft.tensors.get(weights)?.dims;
  if (dims === undefined) return undefined;
  switch (opType) {
    case 'Gemm': {
      const isTurned = attributes?.some(
        ({ name, type, ...rest }) =>
          name === 'transB' && type === 'int' && 'value' in rest && rest.value === 1,
      );
      return dims[isTurned === true ? 1 : 0];
    }
    case 'MatMul':
      return dims.length === 2 ? dims[0] : undefined;
    case 'Conv':
      return dims.slice(2).every((size) => size === 1) ? dims[1] : undefined;
    default:
      return undefined;
  }
}
