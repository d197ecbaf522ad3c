import * as z from 'zod';
import { floatAttribute } from '../attribute.ts';
import { defineLayer, onlyInput, type LayerConverter } from '../layer-converter.ts';

/** `x` above theta, else 0. */
export const thresholdedReLU: LayerConverter = defineLayer(
  z.object({ theta: z.number().default(1) }),
  (place) => {
    const { name, config, draft } = place;
    const input = onlyInput(place);
    const attributes = [floatAttribute('alpha', config.theta)];
    const inputs = [input.name];
    return { ...input, name: draft.add('ThresholdedRelu', { name, inputs, attributes }) };
  },
);
