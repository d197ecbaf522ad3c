import * as z from 'zod';
import { floatAttribute } from '../attribute.ts';
import { inKerasOrder } from '../keras-order.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';

const schema = z.object({
  axis: z.int().default(-1),
  epsilon: z.number().positive().default(1e-3),
  scale: z.boolean().default(true),
  center: z.boolean().default(true),
});

/** BatchNormalization with the moving statistics; ones and zeros stand for gamma and beta left out. */
export const batchNormalization: LayerConverter = defineLayer(schema, (place) => {
  const { name, config, draft } = place;
  const input = inKerasOrder(draft, onlyInput(place));
  const rank = input.shape.length;
  if (config.axis !== -1 && config.axis !== rank) throw unsupported('its axis is not the last one');
  const channels = input.shape.at(-1) as number;
  const dims = [channels];
  const gamma = config.scale ? place.weight('gamma', dims) : new Float32Array(channels).fill(1);
  const beta = config.center ? place.weight('beta', dims) : new Float32Array(channels);
  return {
    name: draft.add('BatchNormalization', {
      name,
      inputs: [
        input.name,
        draft.float(`${name}/gamma`, dims, gamma),
        draft.float(`${name}/beta`, dims, beta),
        draft.float(`${name}/moving_mean`, dims, place.weight('moving_mean', dims)),
        draft.float(`${name}/moving_variance`, dims, place.weight('moving_variance', dims)),
      ],
      attributes: [floatAttribute('epsilon', config.epsilon)],
    }),
    shape: input.shape,
  };
});
