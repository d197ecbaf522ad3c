import type { OnnxNode } from '@isometry/onnx';
import type { ClassifierGraph } from '../classifier-graph.ts';
import type { ConvertedLayer } from '../converted-graph.ts';
import type { LogitsForm } from '../find-logits.ts';
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

/** The output of the file that what a model gives for the logits is compared with. */
const PROVEN_BY = {
  logits: 'logits',
  probabilities: 'probabilities',
  sigmoids: 'logits',
  'second logit': 'logits',
  'second probability': 'probabilities',
} as const satisfies Record<LogitsForm, string>;

/**
 * Which layer of the model each output of the exported file has to equal. Aliases are not listed, nor is what
 * follows from another output alone.
 * @param logitsLayer the layer whose answer the logits were made of
 */
export function provenOutputs(
  { model, graph, logitsFrom }: ClassifierGraph,
  logitsLayer: Pick<ConvertedLayer, 'name' | 'call'> | undefined,
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
      divided === undefined
        ? { output: name, key }
        : { output: name, key, form: 'logits', temperature },
    );
  }
  const isRanked = outputs.some(({ output }) => output === 'logits' || output === 'probabilities');
  if (isRanked || logitsLayer === undefined) return outputs;
  // No layer has the logits: a Dense with an activation of its own, or one value that became two.
  const { form } = logitsFrom;
  const output = PROVEN_BY[form];
  return [...outputs, { output, key: referenceKey(logitsLayer), form, temperature }];
}
