import { INPUT_NAME } from '@isometry/core';
import { intAttribute } from './attribute.ts';
import type { NamedValue } from './converted-graph.ts';
import type { Logits } from './find-logits.ts';
import type { GraphDraft } from './graph-draft.ts';
import type { Value } from './value.ts';

/** What the outputs are made of. */
export interface OutputRoles {
  readonly embedding: Value;
  readonly logits: Logits;
  readonly temperature: number;
  /** The model's other outputs. */
  readonly others: readonly NamedValue[];
}

/** The outputs in their order, and what values are called since. */
export interface ExposedOutputs {
  readonly outputs: readonly NamedValue[];
  /** The new name of every value that has one. */
  readonly names: ReadonlyMap<string, string>;
}

/** Gives the outputs their names and adds temperature, softmax and aliases. */
export function exposeOutputs(draft: GraphDraft, roles: OutputRoles): ExposedOutputs {
  const { embedding, logits, temperature, others } = roles;
  const names = new Map<string, string>();
  const outputs: NamedValue[] = [];
  const exposed = new Set<string>([INPUT_NAME]);
  const expose = (value: Value, name: string): void => {
    const current = names.get(value.name) ?? value.name;
    if (exposed.has(current) || draft.producer(current) === undefined) {
      const copy = draft.add('Identity', { name: `alias/${name}`, inputs: [current] });
      draft.renameOutput(copy, name);
    } else if (current !== name) {
      draft.renameOutput(current, name);
      names.set(value.name, name);
    }
    exposed.add(name);
    outputs.push({ name, value: { name, shape: value.shape } });
  };
  const softmaxName = removeSoftmax(draft, roles) ?? 'softmax';
  expose(embedding, 'embedding');
  expose(divided(draft, logits.value, names, temperature), 'logits');
  const attributes = [intAttribute('axis', 1)];
  const softmax = draft.add('Softmax', { name: softmaxName, inputs: ['logits'], attributes });
  expose({ name: softmax, shape: logits.value.shape }, 'probabilities');
  const own = logits.softmax?.outputs[0];
  if (own !== undefined && temperature === 1) names.set(own, 'probabilities');
  for (const alias of ['last_hidden_state', 'pooler_output']) expose(embedding, alias);
  for (const { name, value } of others) {
    const current = names.get(value.name) ?? value.name;
    const isFree = !exposed.has(name) && !isConstant(draft, name);
    // A layer `embedding` that is not the embedding has a number already.
    const isNumbered = current.startsWith(`${name}_`) && !exposed.has(current);
    if (isFree && current !== name && draft.producer(name) !== undefined) {
      // Another value has the name: a layer's before its activation.
      const other = draft.freeName(name);
      draft.renameOutput(name, other);
      names.set(name, other);
    }
    if (isFree) expose(value, name);
    else expose(value, isNumbered ? current : draft.freeName(name));
  }
  return { outputs, names };
}

function isConstant({ floats, integers, tensors }: GraphDraft, name: string): boolean {
  return floats.has(name) || integers.has(name) || tensors.has(name);
}

/** Takes the model's own Softmax away where nothing else uses it, and returns its name. */
function removeSoftmax(
  draft: GraphDraft,
  { logits, embedding, others }: OutputRoles,
): string | undefined {
  const { softmax } = logits;
  const [value = ''] = softmax?.outputs ?? [];
  const isOutput = [embedding, ...others.map((other) => other.value)].some(
    ({ name }) => name === value,
  );
  if (softmax === undefined || isOutput || draft.consumers(value).length > 0) return undefined;
  draft.replace(softmax);
  return softmax.name;
}

function divided(
  draft: GraphDraft,
  logits: Value,
  names: ReadonlyMap<string, string>,
  temperature: number,
): Value {
  if (temperature === 1) return logits;
  const divisor = draft.float('temperature', [], Float32Array.of(temperature));
  const inputs = [names.get(logits.name) ?? logits.name, divisor];
  return { ...logits, name: draft.add('Div', { name: 'calibration', inputs }) };
}
