import { INPUT_NAME, IsometryError, isIsometryError } from '@isometry/core';
import type { OnnxModel, OnnxValue } from '@isometry/onnx';
import { GraphDraft } from './graph-draft.ts';
import { inKerasOrder } from './keras-order.ts';
import { converterOf, SUPPORTED_LAYERS } from './layer-table.ts';
import type { LayersModelFile, LayerWeight } from './layers-model-file.ts';
import { foldBatchNormalization } from './passes/fold-batch-normalization.ts';
import { foldPadding } from './passes/fold-padding.ts';
import { runInvalid } from './run-invalid.ts';
import { parseTopology, type LayerSpec, type Topology } from './topology.ts';
import { intAttribute } from './attribute.ts';
import { valueCount, type Value } from './value.ts';
import { VERSION } from './version.ts';

/** IR 8 with opset 17: what every ONNX Runtime since 1.12 (2022) reads. */
const IR_VERSION = 8;
const OPSET = 17;

/** The outputs of every exported model, in this order. */
export const OUTPUT_NAMES = [
  'embedding',
  'logits',
  'probabilities',
  // The names under which transformers.js and optimum look for an embedding.
  'last_hidden_state',
  'pooler_output',
] as const;

export interface ConvertLayersModelOptions extends LayersModelFile {
  /** What the logits are divided by. @defaultValue 1, which adds no node */
  readonly temperature?: number | undefined;
  /**
   * Whether to fold padding and batch normalisation into the convolutions. Off, every layer keeps a node of its
   * own: for finding the layer at fault. @defaultValue true
   */
  readonly fold?: boolean | undefined;
}

/**
 * Converts a tfjs functional layers model with outputs `embedding` and `logits` to ONNX.
 * Node names are the layers' names. No I/O, no tfjs.
 * @throws `LAYER_UNSUPPORTED` listing every layer that cannot be written, `RUN_INVALID`
 */
export function convertLayersModel(options: ConvertLayersModelOptions): OnnxModel {
  const topology = parseTopology(options.topology);
  const draft = new GraphDraft([INPUT_NAME, ...OUTPUT_NAMES]);
  const values = convertLayers(topology, options.weights, draft);
  const { embedding, logits } = nameOutputs(draft, topology, values, options.temperature ?? 1);
  if (options.fold !== false) {
    foldPadding(draft);
    foldBatchNormalization(draft, OUTPUT_NAMES);
  }
  const outputs = OUTPUT_NAMES.map((name) => {
    const isClasses = name === 'logits' || name === 'probabilities';
    return vector(name, isClasses ? logits : embedding);
  });
  return {
    irVersion: IR_VERSION,
    opsets: [{ domain: '', version: OPSET }],
    producerName: 'isometry',
    producerVersion: VERSION,
    metadata: new Map(),
    graph: {
      name: 'isometry',
      nodes: draft.nodes,
      initializers: draft.initializers(),
      inputs: [image(topology, values)],
      outputs,
    },
  };
}

/** Converts layer by layer. A layer behind an unsupported one is checked by its configuration alone. */
function convertLayers(
  topology: Topology,
  weights: ReadonlyMap<string, LayerWeight>,
  draft: GraphDraft,
): ReadonlyMap<string, Value> {
  const values = new Map<string, Value>();
  const refused: { layer: LayerSpec; reason: string }[] = [];
  for (const layer of topology.layers) {
    const result = convertLayer(layer, values, weights, draft);
    if (typeof result === 'string') refused.push({ layer, reason: result });
    else if (result !== undefined) values.set(layer.name, result);
  }
  if (refused.length > 0) throw layersUnsupported(refused);
  return values;
}

/** The layer's output; the reason why there is none; undefined when its inputs have none. */
function convertLayer(
  layer: LayerSpec,
  values: ReadonlyMap<string, Value>,
  weights: ReadonlyMap<string, LayerWeight>,
  draft: GraphDraft,
): Value | string | undefined {
  const converter = converterOf(layer.className);
  if (converter === undefined) return 'no converter for this class';
  if (layer.calls > 1) return `the model calls it ${layer.calls} times`;
  const problem = converter.check(layer.config);
  if (problem !== undefined) return problem;
  const inputs = layer.inputs.flatMap((name) => values.get(name) ?? []);
  if (inputs.length < layer.inputs.length) return undefined;
  try {
    return converter.convert({
      name: layer.name,
      config: layer.config,
      inputs,
      draft,
      weight: (name, dims) => readWeight(weights, `${layer.name}/${name}`, dims),
    });
  } catch (error) {
    if (isIsometryError(error) && error.code === 'LAYER_UNSUPPORTED') return error.message;
    throw error;
  }
}

function layersUnsupported(
  refused: readonly { readonly layer: LayerSpec; readonly reason: string }[],
): IsometryError {
  const list = refused.map(
    ({ layer, reason }) => `"${layer.name}" (${layer.className}): ${reason}`,
  );
  return new IsometryError(
    'LAYER_UNSUPPORTED',
    `The exporter cannot write ${refused.length === 1 ? 'one layer' : `${refused.length} layers`}: ${list.join('; ')}.`,
    {
      hint: `Build the model from ${SUPPORTED_LAYERS.join(', ')}.`,
      details: {
        layers: refused.map(({ layer, reason }) => ({
          name: layer.name,
          className: layer.className,
          config: layer.config,
          reason,
        })),
      },
    },
  );
}

function readWeight(
  weights: ReadonlyMap<string, LayerWeight>,
  name: string,
  dims: readonly number[],
): Float32Array {
  const weight = weights.get(name);
  if (weight === undefined) throw runInvalid('model.json', `it lists no weight "${name}"`);
  if (weight.shape.join() !== dims.join()) {
    throw runInvalid(
      'model.json',
      `weight "${name}" has shape [${weight.shape.join(', ')}] instead of [${dims.join(', ')}]`,
    );
  }
  return weight.data;
}

/** Gives the outputs their names and adds temperature, softmax and aliases. */
function nameOutputs(
  draft: GraphDraft,
  topology: Topology,
  values: ReadonlyMap<string, Value>,
  temperature: number,
): { embedding: Value; logits: Value } {
  const embedding = outputLayer(draft, topology, values, 'embedding');
  const raw = outputLayer(draft, topology, values, 'logits');
  let logits = raw;
  if (temperature !== 1) {
    const divisor = draft.float('temperature', [], Float32Array.of(temperature));
    const name = draft.add('Div', { name: 'calibration', inputs: [raw.name, divisor] });
    logits = { ...raw, name };
  }
  expose(draft, embedding.name, 'embedding');
  expose(draft, logits.name, 'logits');
  const attributes = [intAttribute('axis', 1)];
  const softmax = draft.add('Softmax', { name: 'softmax', inputs: ['logits'], attributes });
  expose(draft, softmax, 'probabilities');
  for (const alias of ['last_hidden_state', 'pooler_output']) {
    expose(draft, draft.add('Identity', { name: `alias/${alias}`, inputs: ['embedding'] }), alias);
  }
  return { embedding, logits };
}

function outputLayer(
  draft: GraphDraft,
  topology: Topology,
  values: ReadonlyMap<string, Value>,
  name: string,
): Value {
  const value = topology.outputs.includes(name) ? values.get(name) : undefined;
  if (value === undefined) {
    const outputs = topology.outputs.map((output) => `"${output}"`).join(', ');
    throw runInvalid('model.json', `no output layer is named "${name}", only ${outputs}`);
  }
  const ordered = inKerasOrder(draft, value);
  if (ordered.shape.length !== 1) throw runInvalid('model.json', `output "${name}" is no vector`);
  return ordered;
}

/** Makes a value available under an output's name, by renaming it where a node makes it. */
function expose(draft: GraphDraft, value: string, output: string): void {
  const isTaken = (OUTPUT_NAMES as readonly string[]).includes(value);
  if (!isTaken && draft.renameOutput(value, output)) return;
  const node = draft.add('Identity', { name: `alias/${output}`, inputs: [value] });
  draft.renameOutput(node, output);
}

function image(topology: Topology, values: ReadonlyMap<string, Value>): OnnxValue {
  const [name = '', ...others] = topology.inputs;
  const [height, width, channels] = values.get(name)?.shape ?? [];
  if (others.length > 0 || height === undefined || width === undefined || channels === undefined) {
    throw runInvalid('model.json', 'it does not have exactly one image as its input');
  }
  const dims = [{ size: 'N' }, { size: channels }, { size: height }, { size: width }];
  return { name: INPUT_NAME, dataType: 'float32', dims };
}

function vector(name: string, value: Value): OnnxValue {
  return { name, dataType: 'float32', dims: [{ size: 'N' }, { size: valueCount(value) }] };
}
