import { INPUT_NAME } from '@isometry/core';
import type { OnnxModel, OnnxValue } from '@isometry/onnx';
import { buildClassifier, type ClassifierGraph, type ClassifierRoles } from './classifier-graph.ts';
import type { ConvertedGraph, NamedValue } from './converted-graph.ts';
import { GraphDraft } from './graph-draft.ts';
import { OUTPUT_NAMES } from './output-names.ts';
import { tfjsModelInvalid } from './tfjs-model-invalid.ts';

/** Softmax has meant one axis since opset 13, Pad's sizes have been an input since 11. */
const MIN_OPSET = 13;

/**
 * Gives an ONNX model that another converter made the input and outputs that {@link buildClassifier} gives our own. Its
 * one input is the image, `[N, 3, height, width]`; `roles` name its outputs or, for vectors, values between its nodes.
 * @throws `RUN_INVALID`
 */
export function wrapConverted(
  model: OnnxModel,
  roles: Omit<ClassifierRoles, 'fold'> = {},
): ClassifierGraph {
  const opset = model.opsets.find(({ domain }) => domain === '')?.version ?? 0;
  if (opset < MIN_OPSET) {
    throw tfjsModelInvalid(
      'the converted model',
      `its opset is ${opset}, and at least ${MIN_OPSET} is needed`,
    );
  }
  const wrapped = buildClassifier(toConvertedGraph(model), { ...roles, fold: false });
  return {
    ...wrapped,
    model: {
      ...wrapped.model,
      irVersion: model.irVersion,
      opsets: model.opsets,
      ...(model.producerName === undefined ? {} : { producerName: model.producerName }),
      ...(model.producerVersion === undefined ? {} : { producerVersion: model.producerVersion }),
    },
  };
}

function toConvertedGraph({ graph }: OnnxModel): ConvertedGraph {
  const [input, ...others] = graph.inputs.filter(
    ({ name }) => !graph.initializers.some((tensor) => tensor.name === name),
  );
  if (input === undefined || others.length > 0) {
    throw tfjsModelInvalid('the converted model', 'it does not have exactly one input');
  }
  const draft = new GraphDraft([INPUT_NAME, ...OUTPUT_NAMES]);
  const names = new Map([[input.name, INPUT_NAME]]);
  const rename = (name: string): string => {
    if (name === '') return name;
    const known = names.get(name) ?? draft.freeName(name);
    names.set(name, known);
    return known;
  };
  for (const tensor of graph.initializers) names.set(tensor.name, draft.tensor(tensor));
  for (const node of graph.nodes) {
    draft.adopt({ ...node, inputs: node.inputs.map(rename), outputs: node.outputs.map(rename) });
  }
  const named = (value: OnnxValue): NamedValue => ({
    name: value.name,
    value: { name: rename(value.name), shape: kerasShape(value) },
  });
  const known = (graph.valueInfo ?? []).filter((value) => value.dims !== undefined);
  return {
    draft,
    layers: known.map((value) => ({ ...named(value), className: 'value', call: 0 })),
    inputs: [named(input)],
    outputs: graph.outputs.map(named),
  };
}

/** Without the batch; rows, columns, channels where ONNX has channels, rows, columns. */
function kerasShape({ name, dims }: OnnxValue): readonly number[] {
  const sizes = (dims ?? []).slice(1).map(({ size }) => size);
  const known = sizes.filter((size) => typeof size === 'number');
  if (dims === undefined || dims.length < 2 || known.length < sizes.length) {
    throw tfjsModelInvalid('the converted model', `the size of its value "${name}" is not known`);
  }
  const [channels = 0, height = 0, width = 0] = known;
  return known.length === 3 ? [height, width, channels] : known;
}
