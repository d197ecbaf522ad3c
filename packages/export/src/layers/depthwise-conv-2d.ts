import * as z from 'zod';
import { activate, activationSchema } from '../activation.ts';
import { intAttribute } from '../attribute.ts';
import { convolutionWindow, windowSchema } from '../convolution-window.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from '../layer-converter.ts';
import { spatialShape } from '../value.ts';

const schema = windowSchema.and(
  z.object({
    depth_multiplier: z.int().min(1).default(1),
    use_bias: z.boolean().default(true),
    activation: activationSchema,
  }),
);

/** Conv with one group a channel; output channel = input channel · multiplier + copy. */
export const depthwiseConv2D: LayerConverter = defineLayer(schema, (place) => {
  const { name, config, draft } = place;
  const input = onlyInput(place);
  const size = spatialShape(input);
  if (size === undefined) throw unsupported('its input is not a feature map');
  const window = convolutionWindow(size, config);
  const [rows, columns] = config.kernel_size;
  const { channels } = size;
  const filters = channels * config.depth_multiplier;
  const kernel = channelsFirst(
    place.weight('depthwise_kernel', [rows, columns, channels, config.depth_multiplier]),
    rows * columns,
    filters,
  );
  const inputs = [
    input.name,
    draft.float(`${name}/depthwise_kernel`, [filters, 1, rows, columns], kernel),
  ];
  if (config.use_bias) {
    inputs.push(draft.float(`${name}/bias`, [filters], place.weight('bias', [filters])));
  }
  const output = {
    name: draft.add('Conv', {
      name,
      inputs,
      attributes: [...window.attributes, intAttribute('group', channels)],
    }),
    shape: [window.height, window.width, filters],
  };
  return activate(draft, output, config.activation, `${name}/activation`);
});

function channelsFirst(kernel: Float32Array, taps: number, filters: number): Float32Array {
  const turned = new Float32Array(kernel.length);
  for (let tap = 0; tap < taps; tap++) {
    for (let filter = 0; filter < filters; filter++) {
      turned[filter * taps + tap] = kernel[tap * filters + filter] as number;
    }
  }
  return turned;
}
