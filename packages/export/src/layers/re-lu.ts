import * as z from 'zod';
import { activate, clip } from '../activation.ts';
import { floatAttribute } from '../attribute.ts';
import type { GraphDraft } from '../graph-draft.ts';
import { defineLayer, onlyInput, type LayerConverter } from '../layer-converter.ts';
import type { Value } from '../value.ts';

const bound = z.number().nonnegative().nullish();

/**
 * Keras' ReLU: `min(x, maximum)` above the threshold, `slope (x - threshold)` below. tfjs has the maximum only and
 * ignores the other two: a model that Keras saved with them is written as Keras computes it.
 */
export const reLU: LayerConverter = defineLayer(
  z.object({ max_value: bound, negative_slope: bound, threshold: bound }),
  (place) => {
    const { name, config, draft } = place;
    const input = onlyInput(place);
    const threshold = config.threshold ?? 0;
    const slope = config.negative_slope ?? 0;
    const maximum = config.max_value ?? undefined;
    if (slope === 0) return writePositive(draft, input, { threshold, maximum }, name);
    const positiveName = `${name}/positive`;
    const positive = writePositive(draft, input, { threshold, maximum }, positiveName);
    const limit = draft.float(`${name}/threshold`, [], Float32Array.of(threshold));
    const below = draft.add('Sub', { name: `${name}/below`, inputs: [limit, input.name] });
    const depth = draft.add('Relu', { name: `${name}/depth`, inputs: [below] });
    const factor = draft.float(`${name}/slope`, [], Float32Array.of(slope));
    const negative = draft.add('Mul', { name: `${name}/negative`, inputs: [depth, factor] });
    return { ...input, name: draft.add('Sub', { name, inputs: [positive.name, negative] }) };
  },
);

/** `x` above the threshold, else 0, and at most the maximum. */
function writePositive(
  draft: GraphDraft,
  input: Value,
  { threshold, maximum }: { readonly threshold: number; readonly maximum: number | undefined },
  name: string,
): Value {
  if (threshold === 0) {
    return maximum === undefined
      ? activate(draft, input, 'relu', name)
      : clip(draft, input, maximum, name);
  }
  const attributes = [floatAttribute('alpha', threshold)];
  const above = draft.add('ThresholdedRelu', {
    name: maximum === undefined ? name : `${name}/above`,
    inputs: [input.name],
    attributes,
  });
  const value = { ...input, name: above };
  return maximum === undefined ? value : clip(draft, value, maximum, name);
}
