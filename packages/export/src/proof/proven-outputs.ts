import type { OnnxNode } from '@isometry/onnx';
import type { ClassifierGraph } from '../classifier-graph.ts';
import type { ConvertedGraph, ConvertedLayer } from '../converted-graph.ts';
import { valueCount } from '../value.ts';
import type { ProvenOutput } from './prove-conversion.ts';
import { referenceKey } from './reference-model.ts';

/** What changes no value of a vector, only its shape or the order in which it lies. */
const MOVING: ReadonlySet<string> = new Set([
  'Flatten',
  'Identity',
  'Reshape',
  'Squeeze',
  'Transpose',
]);

/** The layers at the ends of a model before its outputs got their roles; taken before `buildClassifier`. */
export function endLayers(graph: ConvertedGraph): readonly ConvertedLayer[] {
  return graph.outputs.flatMap(
    ({ value }) => graph.layers.findLast((layer) => layer.value.name === value.name) ?? [],
  );
}

/**
 * Which layer of the model each output of the exported file has to equal. Aliases are not listed, nor is what
 * follows from another output alone.
 */
export function provenOutputs(
  { model, graph, logitCount, endedInSoftmax }: ClassifierGraph,
  ends: readonly ConvertedLayer[],
  temperature: number,
): readonly ProvenOutput[] {
  const producers = new Map(
    model.graph.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)),
  );
  const source = (value: string): ConvertedLayer | undefined => {
    let name = value;
    for (;;) {
      // The last of those that share a value: a Dropout stands for what it lets through.
      const layer = graph.layers.findLast((own) => own.value.name === name);
      const node: OnnxNode | undefined = producers.get(name);
      if (layer !== undefined || node === undefined || !MOVING.has(node.opType)) return layer;
      name = node.inputs[0] as string;
    }
  };
  const outputs: ProvenOutput[] = [];
  for (const { name } of model.graph.outputs) {
    if (name === 'last_hidden_state' || name === 'pooler_output') continue;
    const divided = name === 'logits' && temperature !== 1 ? producers.get(name) : undefined;
    const layer = source(divided?.inputs[0] ?? name);
    if (layer === undefined) continue;
    const key = referenceKey(layer);
    outputs.push(
      divided === undefined ? { output: name, key } : { output: name, key, divideBy: temperature },
    );
  }
  if (outputs.some(({ output }) => output === 'logits' || output === 'probabilities'))
    return outputs;
  const single = ends.find(({ value }) => valueCount(value) === 1);
  // One sigmoid became two classes: the model's value is the probability of the second.
  if (single !== undefined && logitCount === 2) {
    return [
      ...outputs,
      { output: 'probabilities', key: referenceKey(single), isSecondOfTwo: true },
    ];
  }
  const several = ends.find(({ value }) => valueCount(value) === logitCount);
  if (several === undefined) return outputs;
  const key = referenceKey(several);
  return [
    ...outputs,
    endedInSoftmax
      ? // No layer has the logits (a Dense with a softmax of its own), and a temperature is between the probabilities.
        { output: 'probabilities', key, temperature }
      : // Sigmoids that were taken off: the model's values are what a sigmoid makes of the logits.
        { output: 'logits', key, isSigmoid: true, divideBy: temperature },
  ];
}
