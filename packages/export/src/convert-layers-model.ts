import { INPUT_NAME, IsometryError, isIsometryError } from '@isometry/core';
import type { ConvertedGraph, ConvertedLayer } from './converted-graph.ts';
import { GraphDraft } from './graph-draft.ts';
import { toImageInput, type InputSize } from './image-input.ts';
import type { LayerCall, Topology } from './inline-models.ts';
import { INPUT_CLASS } from './layer-calls.ts';
import { converterOf, SUPPORTED_LAYERS } from './layer-table.ts';
import { LayerWeights } from './layer-weights.ts';
import { OUTPUT_NAMES } from './output-names.ts';
import type { TfjsModelFile } from './tfjs-model-file.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';
import { parseTopology } from './topology.ts';
import type { Value } from './value.ts';
import { ofBoundedSize } from './value-limit.ts';

export interface ConvertLayersModelOptions {
  /** The size of the image, for a model that leaves it open. @defaultValue what the model says */
  readonly inputSize?: InputSize | undefined;
}

/**
 * Converts a tfjs layers model with one image as its input: Sequential or Functional, with models inside it and
 * layers that are called more than once. Node names are the layers' names. No I/O, no tfjs. The graph holds the
 * file's weights, not copies of them, where ONNX has them in the same order.
 * @throws `LAYER_UNSUPPORTED` listing every layer that cannot be written, `RUN_INVALID`, `OPTION_INVALID`
 */
export function convertLayersModel(
  file: Pick<TfjsModelFile, 'topology' | 'weights'>,
  options: ConvertLayersModelOptions = {},
): ConvertedGraph {
  const topology = withImageInput(parseTopology(file.topology), options.inputSize);
  const draft = new GraphDraft([INPUT_NAME, ...OUTPUT_NAMES]);
  const values = convertCalls(topology, new LayerWeights(file.weights), draft);
  const valueOf = (call: number): Value => values[call] as Value;
  return {
    draft,
    layers: topology.calls.map(({ name, className, call }, index): ConvertedLayer => ({
      name,
      className,
      call,
      value: valueOf(index),
    })),
    inputs: topology.inputs.map(({ name, call }) => ({ name, value: valueOf(call) })),
    outputs: topology.outputs.map(({ name, call }) => ({ name, value: valueOf(call) })),
  };
}

function withImageInput(topology: Topology, size: InputSize | undefined): Topology {
  const [input, ...others] = topology.inputs;
  if (input === undefined || others.length > 0) {
    const names = topology.inputs.map(({ name }) => `"${name}"`).join(', ');
    throw tfjsModelInvalid(
      'model.json',
      `the model has ${topology.inputs.length} inputs (${names}), and an image classifier has one`,
    );
  }
  const calls = topology.calls.map((layer, index) =>
    index === input.call ? { ...layer, config: toImageInput(layer, size) } : layer,
  );
  return { ...topology, calls };
}

/**
 * Converts call by call. A layer behind an unsupported one is checked by its configuration alone.
 * @returns a value for every call
 */
function convertCalls(
  { calls }: Topology,
  weights: LayerWeights,
  draft: GraphDraft,
): readonly (Value | undefined)[] {
  const values: (Value | undefined)[] = [];
  /** By name: a layer that is called twice is reported once. */
  const refused = new Map<string, { layer: LayerCall; reason: string }>();
  for (const layer of calls) {
    const result = convertCall(layer, values, weights, draft);
    if (typeof result === 'string') {
      values.push(undefined);
      if (!refused.has(layer.name)) refused.set(layer.name, { layer, reason: result });
    } else {
      values.push(result);
    }
  }
  if (refused.size > 0) throw layersUnsupported([...refused.values()]);
  return values;
}

/** The layer's output; the reason why there is none; undefined when its inputs have none. */
function convertCall(
  layer: LayerCall,
  values: readonly (Value | undefined)[],
  weights: LayerWeights,
  draft: GraphDraft,
): Value | string | undefined {
  const converter = converterOf(layer.className);
  if (converter === undefined) return 'no converter for this class';
  const problem = converter.check(layer.config);
  if (problem !== undefined) return problem;
  const inputs = layer.inputs.flatMap((call) => values[call] ?? []);
  if (inputs.length < layer.inputs.length) return undefined;
  if (layer.className !== INPUT_CLASS && inputs.length === 0) return 'nothing feeds it';
  try {
    const value = converter.convert({
      name: layer.name,
      config: layer.config,
      inputs,
      draft,
      weight: (name, dims) => weights.read(layer, name, dims),
    });
    return ofBoundedSize(value);
  } catch (error) {
    if (isIsometryError(error) && error.code === 'LAYER_UNSUPPORTED') return error.message;
    throw error;
  }
}

function layersUnsupported(
  refused: readonly { readonly layer: LayerCall; readonly reason: string }[],
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
