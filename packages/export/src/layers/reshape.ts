import * as z from 'zod';
import { intsAttribute } from '../attribute.ts';
import { flatten, inKerasOrder, isOrderFree } from '../keras-order.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';
import { valueCount } from '../value.ts';

/** One size may be left to follow: Keras writes -1, tfjs null. */
const size = z.union([z.literal(-1), z.null(), z.int().min(1)]).transform((value) => value ?? -1);

/** To one dimension or to rows, columns, channels, by way of Keras' order. */
export const reshape: LayerConverter = defineLayer(
  z.object({ target_shape: z.union([z.tuple([size]), z.tuple([size, size, size])]) }),
  (place) => {
    const { name, config, draft } = place;
    const input = onlyInput(place);
    const shape = resolveShape(config.target_shape, valueCount(input));
    const flat = inKerasOrder(draft, flatten(draft, input, `${name}/flat`));
    const [height, width, channels] = shape;
    if (width === undefined || channels === undefined || height === undefined) return flat;
    const from = { height, width, channels };
    if (isOrderFree(from)) {
      const target = draft.integersOf(`${name}/shape`, [0, channels, height, width]);
      return { name: draft.add('Reshape', { name, inputs: [flat.name, target] }), shape };
    }
    const target = draft.integersOf(`${name}/shape`, [0, height, width, channels]);
    const pixels = draft.add('Reshape', { name: `${name}/hwc`, inputs: [flat.name, target] });
    const attributes = [intsAttribute('perm', [0, 3, 1, 2])];
    return { name: draft.add('Transpose', { name, inputs: [pixels], attributes }), shape };
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
