import * as z from 'zod';
import { inKerasOrder } from '../keras-order.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';
import { onnxShape } from '../value.ts';

/** One number for all, or one for each entry of the last axis. */
const numbers = z.union([z.number(), z.array(z.number()).min(1)]);

/** `x scale + offset`. */
export const rescaling: LayerConverter = defineLayer(
  z.object({ scale: numbers, offset: numbers.default(0) }),
  (place) => {
    const { name, config, draft } = place;
    const input = inKerasOrder(draft, onlyInput(place));
    const constant = (part: 'scale' | 'offset'): string => {
      const given = config[part];
      if (typeof given === 'number')
        return draft.float(`${name}/${part}`, [], Float32Array.of(given));
      const size = input.shape.at(-1);
      if (given.length > 1 && given.length !== size) {
        throw unsupported(`its ${part} has ${given.length} numbers for ${size} channels`);
      }
      const shape = input.shape.map((_, at) => (at === input.shape.length - 1 ? given.length : 1));
      return draft.float(`${name}/${part}`, onnxShape(shape), Float32Array.from(given));
    };
    const scaled = draft.add('Mul', {
      name: `${name}/scaled`,
      inputs: [input.name, constant('scale')],
    });
    return { ...input, name: draft.add('Add', { name, inputs: [scaled, constant('offset')] }) };
  },
);
