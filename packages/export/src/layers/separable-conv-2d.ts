import * as z from 'zod';
import { activate, activationSchema } from '../activation.ts';
import { windowSchema } from '../convolution-window.ts';
import { depthwiseConvolution } from '../depthwise-convolution.ts';
import { toOihw } from '../kernel-order.ts';
import { defineLayer, type LayerConverter } from '../layer-converter.ts';

const schema = windowSchema.and(
  z.object({
    filters: z.int().min(1),
    /** tfjs 4.22 does not save it, and so cannot load again what it saved with another than 1. */
    depth_multiplier: z.int().min(1).default(1),
    use_bias: z.boolean().default(true),
    activation: activationSchema,
  }),
);

/** A Conv with one group a channel, then one of 1x1 over the channels. */
export const separableConv2D: LayerConverter = defineLayer(schema, (place) => {
  const { name, config, draft } = place;
  const depthwise = depthwiseConvolution(place, { name: `${name}/depthwise`, useBias: false });
  const { filters } = config;
  const [height = 1, width = 1, channels = 1] = depthwise.shape;
  const kernel = place.weight('pointwise_kernel', [1, 1, channels, filters]);
  const inputs = [
    depthwise.name,
    draft.float(
      `${name}/pointwise_kernel`,
      [filters, channels, 1, 1],
      toOihw(kernel, 1, channels, filters),
    ),
  ];
  if (config.use_bias) {
    inputs.push(draft.float(`${name}/bias`, [filters], place.weight('bias', [filters])));
  }
  const output = { name: draft.add('Conv', { name, inputs }), shape: [height, width, filters] };
  return activate(draft, output, config.activation, `${name}/activation`);
});
