import * as z from 'zod';
import { reshapeTo } from '../keras-order.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';
import { valueCount } from '../value.ts';

/** One size may be left to follow: Keras writes -1, tfjs null. */
const size = z.union([z.literal(-1), z.null(), z.int().min(1)]).transform((value) => value ?? -1);

/** To any rank, by way of Keras' order. */
export const reshape: LayerConverter = defineLayer(
  z.object({ target_shape: z.array(size).min(1) }),
  (place) => {
    const { name, config, draft } = place;
    const input = onlyInput(place);
    return reshapeTo(draft, input, resolveShape(config.target_shape, valueCount(input)), name);
  },
);

/** Replaces the one size that may be -1. */
function resolveShape(target: readonly number[], count: number): readonly number[] {
  const known = target.reduce((product, part) => (part === -1 ? product : product * part), 1);
  const shape = target.map((part) => (part === -1 ? count / known : part));
  if (
    shape.reduce((product, part) => product * part, 1) !== count ||
    !shape.every(Number.isInteger)
  ) {
    throw unsupported(`${count} values do not fit into [${target.join(', ')}]`);
  }
  return shape;
}
