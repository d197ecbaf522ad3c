import * as z from 'zod';
import { activate, activationSchema } from '../activation.ts';
import { windowSchema } from '../convolution-window.ts';
import { depthwiseConvolution } from '../depthwise-convolution.ts';
import { defineLayer, type LayerConverter } from '../layer-converter.ts';

const schema = windowSchema
  .and(
    z.object({
      depth_multiplier: z.int().min(1).default(1),
      use_bias: z.boolean().default(true),
      activation: activationSchema,
    }),
  )
  .refine(({ dilation_rate: [rows, columns] }) => rows === 1 && columns === 1, {
    path: ['dilation_rate'],
    // tfjs 4.22 saves it and computes without: the weights of a model that it trained fit to none.
    error: 'tfjs ignores it and Keras does not, so that nobody can know which of them is meant',
  });

/** Conv with one group a channel. */
export const depthwiseConv2D: LayerConverter = defineLayer(schema, (place) => {
  const { name, config, draft } = place;
  const output = depthwiseConvolution(place, { name, useBias: config.use_bias });
  return activate(draft, output, config.activation, `${name}/activation`);
});
