import * as z from 'zod';
import { activate, clip } from '../activation.ts';
import { defineLayer, onlyInput, type LayerConverter } from '../layer-converter.ts';

const zero = z.literal(0).nullish();

/** Relu, or Clip when there is a maximum. */
export const reLU: LayerConverter = defineLayer(
  z.object({
    max_value: z.number().nonnegative().nullish(),
    negative_slope: zero,
    threshold: zero,
  }),
  (place) => {
    const { name, config, draft } = place;
    const maximum = config.max_value ?? undefined;
    const input = onlyInput(place);
    return maximum === undefined
      ? activate(draft, input, 'relu', name)
      : clip(draft, input, maximum, name);
  },
);
