import * as z from 'zod';
import { channelsLast, convolutionWindow, pair } from './convolution-window.ts';
import { defineLayer, onlyInput, unsupported, type LayerConverter } from './layer-converter.ts';
import { spatialShape } from './value.ts';

const schema = z.object({
  pool_size: pair,
  /** Keras' default is the pool itself. */
  strides: z.nullable(pair).default(null),
  padding: z.enum(['valid', 'same']),
  data_format: channelsLast,
});

/**
 * A layer that takes one value of each window, by an ONNX operator of the same rules for padding as TensorFlow's: what is
 * padded is no maximum, and does not count in an average (ONNX's default `count_include_pad` 0).
 */
export function poolingLayer(opType: 'AveragePool' | 'MaxPool'): LayerConverter {
  return defineLayer(schema, (place) => {
    const { name, config, draft } = place;
    const input = onlyInput(place);
    const size = spatialShape(input);
    if (size === undefined) throw unsupported('its input is not a feature map');
    const window = convolutionWindow(size, {
      kernel_size: config.pool_size,
      strides: config.strides ?? config.pool_size,
      dilation_rate: [1, 1],
      padding: config.padding,
    });
    // AveragePool has dilations from opset 19 on.
    const attributes = window.attributes.filter((attribute) => attribute.name !== 'dilations');
    return {
      name: draft.add(opType, { name, inputs: [input.name], attributes }),
      shape: [window.height, window.width, size.channels],
    };
  });
}
