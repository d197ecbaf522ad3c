import * as z from 'zod';
import { activate, activationSchema } from '../activation.ts';
import { intAttribute } from '../attribute.ts';
import { convolutionWindow, windowSchema } from '../convolution-window.ts';
import { toOihw } from '../kernel-order.ts';
import {
  defineLayer,
  onlyFeatureMap,
  unsupported,
  type LayerConverter,
} from '../layer-converter.ts';

const schema = windowSchema.and(
  z.object({
    filters: z.int().min(1),
    /** Keras has groups, tfjs does not. */
    groups: z.int().min(1).default(1),
    use_bias: z.boolean().default(true),
    activation: activationSchema,
  }),
);

/** Conv with its kernel turned from rows, columns, inputs, outputs to outputs, inputs, rows, columns. */
export const conv2D: LayerConverter = defineLayer(schema, (place) => {
  const { name, config, draft } = place;
  const { input, size } = onlyFeatureMap(place);
  const window = convolutionWindow(size, config);
  const [rows, columns] = config.kernel_size;
  const { filters, groups } = config;
  if (size.channels % groups > 0 || filters % groups > 0) {
    throw unsupported(`${size.channels} channels to ${filters} are not divisible by ${groups}`);
  }
  const channels = size.channels / groups;
  const kernel = place.weight('kernel', [rows, columns, channels, filters]);
  const inputs = [
    input.name,
    draft.float(
      `${name}/kernel`,
      [filters, channels, rows, columns],
      toOihw(kernel, rows * columns, channels, filters),
    ),
  ];
  if (config.use_bias) {
    inputs.push(draft.float(`${name}/bias`, [filters], place.weight('bias', [filters])));
  }
  const attributes =
    groups === 1 ? window.attributes : [...window.attributes, intAttribute('group', groups)];
  const output = {
    name: draft.add('Conv', { name, inputs, attributes }),
    shape: [window.height, window.width, filters],
  };
  return activate(draft, output, config.activation, `${name}/activation`);
});
