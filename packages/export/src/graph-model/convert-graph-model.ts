import { INPUT_NAME, IsometryError, isIsometryError } from '@isometry/core';
import type { ConvertedGraph, ConvertedLayer, NamedValue } from '../converted-graph.ts';
import { GraphDraft } from '../graph-draft.ts';
import { OUTPUT_NAMES } from '../output-names.ts';
import type { ModelWeight, TfjsModelFile } from '../tfjs-model-file.ts';
import { tfjsModelInvalid } from '../tfjs-model-invalid.ts';
import type { InputSize } from '../image-input.ts';
import { unsupported } from '../layer-converter.ts';
import { roleUnclear } from '../role-unclear.ts';
import type { Value } from '../value.ts';
import { ofBoundedSize } from '../value-limit.ts';
import { computationOrder } from './computation-order.ts';
import { foldConstants } from './fold-constants.ts';
import { parseGraphDef, type GraphNode } from './graph-def.ts';
import { findGraphEnds, type GraphInput } from './graph-ends.ts';
import { activation, constant, elementCount, type GraphTensor } from './graph-tensor.ts';
import { typeOf } from './node-attributes.ts';
import { operationConverter, SUPPORTED_OPERATIONS } from './operation-table.ts';

/** A frozen TensorFlow graph with its weights. */
type GraphModelFile = Pick<TfjsModelFile, 'topology' | 'weights' | 'signature'>;

export interface ConvertGraphModelOptions {
  /** The image's size, where the model leaves it open. A size that it fixes must be the same. */
  readonly inputSize?: InputSize | undefined;
}

/**
 * Converts a tfjs graph model to nodes of ONNX, feature maps as NCHW. Operations keep their names; its outputs have their
 * signature's.
 * @throws `LAYER_UNSUPPORTED` listing every operation that cannot be written, `RUN_INVALID`
 */
export function convertGraphModel(
  file: GraphModelFile,
  options: ConvertGraphModelOptions = {},
): ConvertedGraph {
  const nodes = parseGraphDef(file.topology);
  const ends = findGraphEnds(nodes, file.signature);
  if (ends.outputs.length === 0) throw tfjsModelInvalid('model.json', 'its graph has no output');
  const order = computationOrder(
    nodes,
    ends.outputs.map(({ from }) => from.node),
  );
  const state: Conversion = {
    weights: file.weights,
    options,
    inputs: ends.inputs.filter(({ node }) => order.includes(node)),
    draft: new GraphDraft([INPUT_NAME, ...OUTPUT_NAMES]),
    tensors: new Map(),
  };
  const layers: ConvertedLayer[] = [];
  const refused: Refusal[] = [];
  for (const node of order) {
    const made = convertOrRefuse(state, node);
    if (made === undefined) continue;
    if (typeof made === 'string') refused.push({ node, reason: made });
    else layers.push(...keep(state, node, made));
  }
  if (refused.length > 0) throw operationsUnsupported(refused);
  return {
    draft: state.draft,
    layers,
    inputs: state.inputs.map(({ name, node }) => named(state, name, { node: node.name, index: 0 })),
    outputs: ends.outputs.map(({ name, from }) => named(state, name, from)),
  };
}

/** A graph on its way to ONNX. */
interface Conversion {
  readonly weights: ReadonlyMap<string, ModelWeight>;
  readonly options: ConvertGraphModelOptions;
  readonly inputs: readonly GraphInput[];
  readonly draft: GraphDraft;
  /** Each operation's outputs. */
  readonly tensors: Map<string, readonly GraphTensor[]>;
}

interface Refusal {
  readonly node: GraphNode;
  readonly reason: string;
}

function keep(
  { tensors }: Conversion,
  node: GraphNode,
  made: GraphTensor | readonly GraphTensor[],
): readonly ConvertedLayer[] {
  const list = tensorsOf(made);
  tensors.set(node.name, list);
  const [first] = list;
  if (first?.kind !== 'activation') return [];
  return [{ name: node.name, className: node.op, call: 0, value: first.value }];
}

function tensorsOf(
  made: GraphTensor | readonly GraphTensor[] | string | undefined,
): readonly GraphTensor[] {
  if (made === undefined || typeof made === 'string') return [];
  return 'kind' in made ? [made] : made;
}

/** What an operation gives, or the reason why it cannot be written; undefined behind one that cannot. */
function convertOrRefuse(
  state: Conversion,
  node: GraphNode,
): GraphTensor | readonly GraphTensor[] | string | undefined {
  try {
    const made = convertNode(state, node);
    for (const tensor of tensorsOf(made)) {
      if (tensor.kind === 'activation') ofBoundedSize(tensor.value);
    }
    return made;
  } catch (error) {
    if (isIsometryError(error) && error.code === 'LAYER_UNSUPPORTED') return error.message;
    throw error;
  }
}

function convertNode(
  state: Conversion,
  node: GraphNode,
): GraphTensor | readonly GraphTensor[] | string | undefined {
  if (node.op === 'Const') return weightOf(state, node);
  if (node.op === 'Placeholder') return activation(imageOf(state, node));
  const inputs = node.inputs.flatMap(
    ({ node: from, index }) => state.tensors.get(from)?.[index] ?? [],
  );
  const isComplete = inputs.length === node.inputs.length;
  const place = { node, inputs, draft: state.draft };
  const folded = isComplete ? foldConstants(place) : undefined;
  if (folded !== undefined) return folded;
  const converter = operationConverter(node.op);
  if (typeof converter === 'string') return converter;
  return isComplete ? converter(place) : undefined;
}

function weightOf({ weights }: Conversion, { name }: GraphNode): GraphTensor {
  const weight = weights.get(name);
  if (weight === undefined) throw tfjsModelInvalid('model.json', `it lists no weight "${name}"`);
  const { shape, data, dtype } = weight;
  if (elementCount(shape) !== data.length) {
    throw tfjsModelInvalid(
      'model.json',
      `weight "${name}" has ${data.length} values for shape [${shape.join(', ')}]`,
    );
  }
  return constant(shape, data, dtype === 'float32');
}

/** An input: any batch, everything else fixed. */
function imageOf({ inputs, options }: Conversion, node: GraphNode): Value {
  const type = typeOf(node, 'dtype') ?? 'DT_FLOAT';
  if (type !== 'DT_FLOAT') throw unsupported(`it takes ${type} instead of floating-point pixels`);
  const input = inputs.find((candidate) => candidate.node === node);
  const { inputSize } = options;
  const [batch = -1, ...sizes] = input?.shape ?? [-1, -1, -1, 3];
  if (batch > 1) throw unsupported(`it takes ${batch} images at a time`);
  const isImage = sizes.length === 3;
  const open = isImage ? [inputSize?.height ?? -1, inputSize?.width ?? -1, -1] : [];
  const shape = sizes.map((size, axis) => (size < 1 ? (open[axis] ?? -1) : size));
  const isOpen = shape.some((size) => !Number.isInteger(size) || size < 1);
  if (isImage && isOpen && inputSize === undefined) {
    throw roleUnclear('inputSize', `Input "${node.name}" takes images of any size`);
  }
  if (isOpen) {
    throw tfjsModelInvalid('model.json', `the shape of its input "${node.name}" is not known`);
  }
  const [height, width] = shape;
  if (
    isImage &&
    inputSize !== undefined &&
    (inputSize.height !== height || inputSize.width !== width)
  ) {
    throw roleUnclear(
      'inputSize',
      `Input "${node.name}" takes images of ${width} x ${height} pixels, not ${inputSize.width} x ${inputSize.height}`,
    );
  }
  return { name: inputs.length === 1 ? INPUT_NAME : node.name, shape };
}

function named(
  { tensors }: Conversion,
  name: string,
  from: { readonly node: string; readonly index: number },
): NamedValue {
  const tensor = tensors.get(from.node)?.[from.index];
  if (tensor === undefined) {
    throw tfjsModelInvalid('model.json', `"${name}" is no tensor that the graph computes`);
  }
  if (tensor.kind === 'constant') {
    throw tfjsModelInvalid('model.json', `"${name}" does not depend on the image`);
  }
  if (tensor.isRows === true) throw unsupported(`"${name}" is a matrix of all images' rows`);
  return { name, value: tensor.value };
}

function operationsUnsupported(refused: readonly Refusal[]): IsometryError {
  const list = refused.map(({ node, reason }) => `"${node.name}" (${node.op}): ${reason}`);
  const count = refused.length === 1 ? 'one operation' : `${refused.length} operations`;
  return new IsometryError(
    'LAYER_UNSUPPORTED',
    `The exporter cannot write ${count}: ${list.join('; ')}.`,
    {
      hint: `Build the model from ${SUPPORTED_OPERATIONS.join(', ')}.`,
      details: {
        layers: refused.map(({ node, reason }) => ({
          name: node.name,
          className: node.op,
          config: Object.fromEntries(node.attributes),
          reason,
        })),
      },
    },
  );
}
