import * as z from 'zod';
import { activate, activationSchema } from '../activation.ts';
import { convolutionWindow, windowSchema } from '../convolution-window.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';
import { spatialShape } from '../value.ts';

const schema = windowSchema.and(
  z.object({
    filters: z.int().min(1),
    groups: z.literal(1).optional(),
    use_bias: z.boolean().default(true),
    activation: activationSchema,
  }),
);

/** Conv with its kernel turned from rows, columns, inputs, outputs to outputs, inputs, rows, columns. */
export const conv2D: LayerConverter = defineLayer(schema, (place) => {
  const { name, config, draft } = place;
  const input = onlyInput(place);
  const size = spatialShape(input);
  if (size === undefined) throw unsupported('its input is not a feature map');
  const window = convolutionWindow(size, config);
  const [rows, columns] = config.kernel_size;
  const { channels } = size;
  const { filters } = config;
  const kernel = toOihw(
    place.weight('kernel', [rows, columns, channels, filters]),
    rows * columns,
    channels,
    filters,
  );
  const inputs = [
    input.name,
    draft.float(`${name}/kernel`, [filters, channels, rows, columns], kernel),
  ];
  if (config.use_bias) {
    inputs.push(draft.float(`${name}/bias`, [filters], place.weight('bias', [filters])));
  }
  const output = {
    name: draft.add('Conv', { name, inputs, attributes: window.attributes }),
    shape: [window.height, window.width, filters],
  };
  return activate(draft, output, config.activation, `${name}/activation`);
});

function toOihw(hwio: Float32Array, taps: number, inputs: number, outputs: number): Float32Array {
  const oihw = new Float32Array(hwio.length);
  let from = 0;
  for (let tap = 0; tap < taps; tap++) {
    for (let input = 0; input < inputs; input++) {
      for (let output = 0; output < outputs; output++) {
        oihw[(output * inputs + input) * taps + tap] = hwio[from++] as number;
      }
    }
  }
  return oihw;
}
