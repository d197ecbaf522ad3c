import * as z from 'zod';
import { unsupported } from './layer-converter.ts';

/** One axis, or several. Keras writes a list of one where a layer could have several. */
export const axesSchema: z.ZodType<readonly number[]> = z.pipe(
  z.union([z.int(), z.array(z.int()).min(1)]),
  z.transform((axes): readonly number[] => (typeof axes === 'number' ? [axes] : axes)),
);

/**
 * The entry of a shape without the batch that Keras' axis means, which counts the batch as 0 and may count from the end.
 * @throws `LAYER_UNSUPPORTED` for the batch and for an axis that there is not
 */
export function shapeIndex(axis: number, rank: number): number {
  const index = axis < 0 ? rank + axis : axis - 1;
  if (index === -1) throw unsupported(`its axis ${axis} is the batch`);
  if (index < 0 || index >= rank) throw unsupported(`it has no axis ${axis}`);
  return index;
}
