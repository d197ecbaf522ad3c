import { INPUT_NAME } from '@isometry/core';
import type { OnnxModel, OnnxValue } from '@isometry/onnx';
import type { ConvertedGraph, NamedValue } from './converted-graph.ts';
import { exposeOutputs } from './expose-outputs.ts';
import { findEmbedding } from './find-embedding.ts';
import { findLogits, type LogitsForm } from './find-logits.ts';
import { IMAGE_HINT } from './image-input.ts';
import { isL2Normalised } from './is-l2-normalised.ts';
import { inKerasOrder } from './keras-order.ts';
import { foldBatchNormalization } from './passes/fold-batch-normalization.ts';
import { foldPadding } from './passes/fold-padding.ts';
import { mergeConstants } from './passes/merge-constants.ts';
import { removeUnused } from './passes/remove-unused.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';
import { spatialShape, valueCount, type Value } from './value.ts';
import { VERSION } from './version.ts';

/** IR 8 with opset 17: what every ONNX Runtime since 1.12 (2022) reads. */
const IR_VERSION = 8;
const OPSET = 17;

/** Which values of a model are what a classifier has. */
export interface ClassifierRoles {
  /**
   * The layer, operation or output whose value is the embedding, a vector.
   * @defaultValue the output `embedding`, else what the last Dense layer or 1x1 convolution before the logits gets
   */
  readonly embedding?: string | undefined;
  /** The layer, operation or output whose value is the logits. @defaultValue the output `logits`, else the only one */
  readonly logits?: string | undefined;
  /** What the logits are divided by. @defaultValue 1, which adds no node */
  readonly temperature?: number | undefined;
  /** How many labels there are: finds the logits among several outputs, and is compared with them. */
  readonly labelCount?: number | undefined;
  /**
   * Whether to fold padding and batch normalisation into the convolutions and to drop what no output needs. Off,
   * every layer keeps a node of its own: for finding the layer at fault. @defaultValue true
   */
  readonly fold?: boolean | undefined;
}

/** A classifier as it goes into a file. */
export interface ClassifierGraph {
  readonly model: OnnxModel;
  /** The graph that was given, with its values under their names in `model` and the layers that `model` still has. */
  readonly graph: ConvertedGraph;
  readonly embeddingSize: number;
  readonly logitCount: number;
  /** Whether the graph itself divides the embedding by its L2 norm. */
  readonly isNormalised: boolean;
  /** What of the model the logits were made of; its value has the name that it had in the graph that was given. */
  readonly logitsFrom: NamedValue & { readonly form: LogitsForm };
}

/**
 * Gives a converted model the input and outputs that every exported file has: `pixel_values`; `embedding`, `logits`,
 * `probabilities`, `last_hidden_state`, `pooler_output`, and then the model's other outputs under their own names.
 * A Softmax at the end is taken off, because the logits are what goes into it; one Sigmoid becomes the logits
 * `[0, z]` of two classes, whose softmax it is. Takes the graph's draft over: build a graph once.
 * @throws `RUN_INVALID` when the model is no image classifier, `OPTION_INVALID` when a role names nothing or is needed
 */
export function buildClassifier(
  graph: ConvertedGraph,
  roles: ClassifierRoles = {},
): ClassifierGraph {
  const { draft } = graph;
  const image = imageInput(graph);
  const logits = findLogits(graph, roles);
  const embedding = findEmbedding(graph, roles, logits);
  const isNormalised = isL2Normalised(draft, embedding.value.name);
  const others = graph.outputs
    .filter((output) => output !== logits.output && output !== embedding.output)
    .map(({ name, value }): NamedValue => ({ name, value: inKerasOrder(draft, value) }));
  const exposed = exposeOutputs(draft, {
    embedding: embedding.value,
    logits,
    temperature: roles.temperature ?? 1,
    others,
  });
  const kept = exposed.outputs.map(({ name }) => name);
  if (roles.fold !== false) {
    removeUnused(draft, kept);
    foldPadding(draft, kept);
    foldBatchNormalization(draft, kept);
  }
  mergeConstants(draft);
  return {
    model: {
      irVersion: IR_VERSION,
      opsets: [{ domain: '', version: OPSET }],
      producerName: 'isometry',
      producerVersion: VERSION,
      metadata: new Map(),
      graph: {
        name: 'isometry',
        nodes: draft.nodes,
        initializers: draft.initializers(),
        inputs: [image],
        outputs: exposed.outputs.map(({ name, value }) => describe(name, value)),
      },
    },
    graph: renamed(graph, exposed.names),
    embeddingSize: valueCount(embedding.value),
    logitCount: valueCount(logits.value),
    isNormalised,
    logitsFrom: { ...logits.from, form: logits.form },
  };
}

function imageInput({ inputs }: ConvertedGraph): OnnxValue {
  const [input, ...others] = inputs;
  const size = input === undefined ? undefined : spatialShape(input.value);
  if (size === undefined || others.length > 0 || size.channels !== 3) {
    throw tfjsModelInvalid(
      'model.json',
      'it does not have exactly one image as its input',
      undefined,
      IMAGE_HINT,
    );
  }
  const dims = [{ size: 'N' }, { size: 3 }, { size: size.height }, { size: size.width }];
  return { name: INPUT_NAME, dataType: 'float32', dims };
}

function describe(name: string, value: Value): OnnxValue {
  const size = spatialShape(value);
  const shape = size === undefined ? value.shape : [size.channels, size.height, size.width];
  return {
    name,
    dataType: 'float32',
    dims: [{ size: 'N' }, ...shape.map((one) => ({ size: one }))],
  };
}

function renamed(graph: ConvertedGraph, names: ReadonlyMap<string, string>): ConvertedGraph {
  const rename = <Named extends { readonly value: Value }>(named: Named): Named => {
    const name = names.get(named.value.name);
    return name === undefined ? named : { ...named, value: { ...named.value, name } };
  };
  const isThere = (value: string): boolean =>
    value === INPUT_NAME || graph.draft.producer(value) !== undefined;
  return {
    ...graph,
    layers: graph.layers.map(rename).filter(({ value }) => isThere(value.name)),
    inputs: graph.inputs.map(rename),
    outputs: graph.outputs.map(rename),
  };
}
