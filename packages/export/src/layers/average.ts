import * as z from 'zod';
import { defineLayer, type LayerConverter } from '../layer-converter.ts';
import { merge } from '../merge-layer.ts';

/** The sum, times one part of it. */
export const average: LayerConverter = defineLayer(z.object({}), (place) => {
  const { name, inputs, draft } = place;
  const sum = merge(place, 'Add', `${name}/sum`);
  const part = draft.float(`${name}/part`, [], Float32Array.of(1 / inputs.length));
  return { ...sum, name: draft.add('Mul', { name, inputs: [sum.name, part] }) };
});
