import { buildClassifier, type ClassifierGraph, type ClassifierRoles } from './classifier-graph.ts';
import { convertLayersModel } from './convert-layers-model.ts';
import { convertGraphModel } from './graph-model/convert-graph-model.ts';
import type { ConvertedLayer } from './converted-graph.ts';
import type { InputSize } from './image-input.ts';
import { provenOutputs } from './proof/proven-outputs.ts';
import type { ProvenOutput } from './proof/prove-conversion.ts';
import type { TfjsModelFile } from './tfjs-model-file.ts';

/** A classifier in ONNX, and what has to be compared to prove it. */
export interface ConvertedClassifier extends ClassifierGraph {
  readonly outputs: readonly ProvenOutput[];
  readonly layers: readonly ConvertedLayer[];
}

/**
 * Converts a tfjs model, of layers or a graph, to a classifier by Isometry's own converter.
 * @throws `LAYER_UNSUPPORTED`, `RUN_INVALID`
 */
export function convertClassifier(
  file: TfjsModelFile,
  options: ClassifierRoles & { readonly inputSize?: InputSize | undefined },
): ConvertedClassifier {
  const { inputSize, ...roles } = options;
  const convert = file.format === 'graph-model' ? convertGraphModel : convertLayersModel;
  const graph = convert(file, { inputSize });
  // Before the graph's end is rebuilt: a softmax that is taken off was a layer's.
  const { layers } = graph;
  const classifier = buildClassifier(graph, roles);
  const { name } = classifier.logitsFrom.value;
  const logitsLayer = layers.findLast(({ value }) => value.name === name);
  return {
    ...classifier,
    layers: classifier.graph.layers,
    outputs: provenOutputs(classifier, logitsLayer, roles.temperature ?? 1),
  };
}
