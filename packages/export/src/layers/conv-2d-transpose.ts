import * as z from 'zod';
import { activate, activationSchema } from '../activation.ts';
import { channelsLast, pair, transposedWindow } from '../convolution-window.ts';
import { toOihw } from '../kernel-order.ts';
import { defineLayer, onlyFeatureMap, type LayerConverter } from '../layer-converter.ts';

const one = z.literal(1, 'tfjs ignores it');

const schema = z.object({
  filters: z.int().min(1),
  kernel_size: pair,
  strides: pair.default([1, 1]),
  padding: z.enum(['valid', 'same']).default('valid'),
  dilation_rate: z.union([one, z.tuple([one, one])]).default(1),
  output_padding: z.null('tfjs ignores it').optional(),
  groups: z.literal(1).optional(),
  use_bias: z.boolean().default(true),
  activation: activationSchema,
  data_format: channelsLast,
});

/** ConvTranspose with its kernel turned from rows, columns, outputs, inputs to inputs, outputs, rows, columns. */
export const conv2DTranspose: LayerConverter = defineLayer(schema, (place) => {
  const { name, config, draft } = place;
  const { input, size } = onlyFeatureMap(place);
  const window = transposedWindow(size, config);
  const [rows, columns] = config.kernel_size;
  const { filters } = config;
  const kernel = place.weight('kernel', [rows, columns, filters, size.channels]);
  const inputs = [
    input.name,
    draft.float(
      `${name}/kernel`,
      [size.channels, filters, rows, columns],
      toOihw(kernel, rows * columns, filters, size.channels),
    ),
  ];
  if (config.use_bias) {
    inputs.push(draft.float(`${name}/bias`, [filters], place.weight('bias', [filters])));
  }
  const output = {
    name: draft.add('ConvTranspose', { name, inputs, attributes: window.attributes }),
    shape: [window.height, window.width, filters],
  };
  return activate(draft, output, config.activation, `${name}/activation`);
});
