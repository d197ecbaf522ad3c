import type { ClassifierRoles } from './classifier-graph.ts';
import type { ConvertedClassifier } from './convert-classifier.ts';
import type { ConvertedLayer } from './converted-graph.ts';
import type { ExportOptions } from './export-options.ts';
import type { InputSize } from './image-input.ts';
import { provenOutputs } from './proof/proven-outputs.ts';
import { convertByTf2onnx } from './tf2onnx/convert-by-tf2onnx.ts';
import { wrapConverted } from './wrap-converted.ts';

/** A classifier by tf2onnx, with the version that made it. */
export interface ClassifierByTf2onnx extends ConvertedClassifier {
  readonly version: string;
}

/**
 * Converts a tfjs layers model by Python's tf2onnx, and gives the result the outputs of a classifier.
 * @throws what {@link convertByTf2onnx} and {@link wrapConverted} throw
 */
export async function convertWithTf2onnx(
  modelJson: string,
  roles: Omit<ClassifierRoles, 'fold'> & { readonly inputSize?: InputSize | undefined },
  options: Pick<ExportOptions, 'tf2onnx' | 'signal' | 'onProgress'>,
): Promise<ClassifierByTf2onnx> {
  const { signal, onProgress, tf2onnx } = options;
  const asked = [roles.embedding, roles.logits].filter((name) => name !== undefined);
  const { model, outputs, versions } = await convertByTf2onnx(modelJson, {
    python: tf2onnx?.python,
    timeoutMs: tf2onnx?.timeoutMs,
    inputSize: roles.inputSize,
    layers: asked,
    signal,
    onProgress,
  });
  const nameOf = (layer: string | undefined): string | undefined =>
    outputs.find((output) => output.layer === layer)?.name ?? layer;
  const wrapped = wrapConverted(model, {
    ...roles,
    embedding: nameOf(roles.embedding),
    logits: nameOf(roles.logits),
  });
  const layerOf = new Map(outputs.map(({ layer, name }) => [name, layer]));
  const ends = wrapped.graph.outputs.map(({ name, value }): ConvertedLayer => ({
    name: layerOf.get(name) ?? name,
    className: 'output',
    call: 0,
    value,
  }));
  const { name } = wrapped.logitsFrom;
  const logitsEnd = ends[wrapped.graph.outputs.findIndex((output) => output.name === name)];
  const known = { ...wrapped, graph: { ...wrapped.graph, layers: ends } };
  return {
    ...wrapped,
    // Only its outputs are known by the names of layers.
    layers: ends,
    outputs: provenOutputs(known, logitsEnd, roles.temperature ?? 1),
    version: versions['tf2onnx'] ?? 'unknown',
  };
}
