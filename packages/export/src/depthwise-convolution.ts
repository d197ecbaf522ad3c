import { intAttribute } from './attribute.ts';
import { convolutionWindow, type WindowConfig } from './convolution-window.ts';
import { toOihw } from './kernel-order.ts';
import { onlyFeatureMap, type LayerPlace } from './layer-converter.ts';
import type { Value } from './value.ts';

/** How a convolution slides over each channel. */
export interface DepthwiseConfig extends WindowConfig {
  readonly depth_multiplier: number;
}

/**
 * Conv with one group a channel, under a node's name, by the weight `depthwise_kernel` and, if asked for, `bias`.
 * Output channel = input channel · multiplier + copy.
 */
export function depthwiseConvolution(
  place: LayerPlace<DepthwiseConfig>,
  options: { readonly name: string; readonly useBias: boolean },
): Value {
  const { config, draft } = place;
  const { name } = options;
  const { input, size } = onlyFeatureMap(place);
  const window = convolutionWindow(size, config);
  const [rows, columns] = config.kernel_size;
  const { channels } = size;
  const filters = channels * config.depth_multiplier;
  const kernel = place.weight('depthwise_kernel', [
    rows,
    columns,
    channels,
    config.depth_multiplier,
  ]);
  const inputs = [
    input.name,
    draft.float(
      `${place.name}/depthwise_kernel`,
      [filters, 1, rows, columns],
      toOihw(kernel, rows * columns, 1, filters),
    ),
  ];
  if (options.useBias) {
    inputs.push(draft.float(`${place.name}/bias`, [filters], place.weight('bias', [filters])));
  }
  const attributes = [...window.attributes, intAttribute('group', channels)];
  return {
    name: draft.add('Conv', { name, inputs, attributes }),
    shape: [window.height, window.width, filters],
  };
}
