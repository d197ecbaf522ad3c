import { intAttribute } from './attribute.ts';
import type { GraphDraft } from './graph-draft.ts';
import { inKerasOrder } from './keras-order.ts';
import { valueCount, type Value } from './value.ts';

/** The value as a vector in Keras' order: itself, or without axes of size 1. Undefined for anything wider. */
export function toVector(draft: GraphDraft, value: Value): Value | undefined {
  if (value.shape.length === 1) return inKerasOrder(draft, value);
  const count = valueCount(value);
  if (!value.shape.includes(count)) return undefined;
  const attributes = [intAttribute('axis', 1)];
  const name = draft.add('Flatten', {
    name: `${value.name}/vector`,
    inputs: [value.name],
    attributes,
  });
  return { name, shape: [count] };
}
