import * as z from 'zod';
import { activate, activationSchema } from '../activation.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';
import type { Spatial } from '../value.ts';

const schema = z.object({
  units: z.int().min(1),
  use_bias: z.boolean().default(true),
  activation: activationSchema,
});

/** Gemm. Behind a Flatten that kept ONNX's order, the kernel's rows are permuted to match. */
export const dense: LayerConverter = defineLayer(schema, (place) => {
  const { name, config, draft } = place;
  const input = onlyInput(place);
  const [size] = input.shape;
  if (size === undefined || input.shape.length > 1) {
    throw unsupported('its input is a feature map, not a vector');
  }
  const { units } = config;
  const kernel = place.weight('kernel', [size, units]);
  const rows =
    input.flattenedFrom === undefined ? kernel : permuteRows(kernel, input.flattenedFrom, units);
  const inputs = [input.name, draft.float(`${name}/kernel`, [size, units], rows)];
  if (config.use_bias) {
    inputs.push(draft.float(`${name}/bias`, [units], place.weight('bias', [units])));
  }
  const output = { name: draft.add('Gemm', { name, inputs }), shape: [units] };
  return activate(draft, output, config.activation, `${name}/activation`);
});

/** Rows in the order rows, columns, channels become channels, rows, columns. */
function permuteRows(
  kernel: Float32Array,
  { height, width, channels }: Spatial,
  units: number,
): Float32Array {
  const permuted = new Float32Array(kernel.length);
  const area = height * width;
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (pixel * channels + channel) * units;
      permuted.set(kernel.subarray(from, from + units), (channel * area + pixel) * units);
    }
  }
  return permuted;
}
