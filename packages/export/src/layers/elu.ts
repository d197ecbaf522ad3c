import * as z from 'zod';
import { floatAttribute } from '../attribute.ts';
import { defineLayer, onlyInput, type LayerConverter } from '../layer-converter.ts';

/** `x` above 0, `alpha (exp(x) - 1)` below; tfjs has no alpha but 1. */
export const elu: LayerConverter = defineLayer(
  z.object({ alpha: z.number().default(1) }),
  (place) => {
    const { name, config, draft } = place;
    const input = onlyInput(place);
    const attributes = [floatAttribute('alpha', config.alpha)];
    return { ...input, name: draft.add('Elu', { name, inputs: [input.name], attributes }) };
  },
);
