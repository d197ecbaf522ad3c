import * as z from 'zod';
import { floatAttribute } from '../attribute.ts';
import { defineLayer, onlyInput, type LayerConverter } from '../layer-converter.ts';

/** `x` above 0, `alpha x` below. */
export const leakyReLU: LayerConverter = defineLayer(
  z.object({ alpha: z.number().default(0.3) }),
  (place) => {
    const { name, config, draft } = place;
    const input = onlyInput(place);
    const attributes = [floatAttribute('alpha', config.alpha)];
    return { ...input, name: draft.add('LeakyRelu', { name, inputs: [input.name], attributes }) };
  },
);
