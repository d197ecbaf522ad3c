import * as z from 'zod';
import type { GraphDraft } from './graph-draft.ts';
import { intAttribute } from './attribute.ts';
import type { Value } from './value.ts';

/** An activation by its Keras name. */
export type Activation = 'linear' | 'relu' | 'relu6' | 'softmax';

/** A layer's `activation`; none is linear. */
export const activationSchema: z.ZodType<Activation | null | undefined> = z.optional(
  z.nullable(z.enum(['linear', 'relu', 'relu6', 'softmax'])),
);

/** Applies an activation; linear adds no node. */
export function activate(
  draft: GraphDraft,
  value: Value,
  activation: Activation | null | undefined,
  name: string,
): Value {
  switch (activation) {
    case 'relu':
      return { ...value, name: draft.add('Relu', { name, inputs: [value.name] }) };
    case 'relu6':
      return clip(draft, value, 6, name);
    case 'softmax': {
      // Over the channels: axis 1 of [N, D] and of [N, C, H, W] alike.
      const attributes = [intAttribute('axis', 1)];
      return { ...value, name: draft.add('Softmax', { name, inputs: [value.name], attributes }) };
    }
    default:
      return value;
  }
}

/** `min(max(x, 0), maximum)`. The bounds are inputs: Clip has no such attributes since opset 11. */
export function clip(draft: GraphDraft, value: Value, maximum: number, name: string): Value {
  const low = draft.float(`${name}/min`, [], Float32Array.of(0));
  const high = draft.float(`${name}/max`, [], Float32Array.of(maximum));
  return { ...value, name: draft.add('Clip', { name, inputs: [value.name, low, high] }) };
}
