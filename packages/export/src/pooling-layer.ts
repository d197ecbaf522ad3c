import * as z from 'zod';
import { channelsLast, convolutionWindow, pair } from './convolution-window.ts';
import { flatten } from './keras-order.ts';
import { defineLayer, onlyFeatureMap, type LayerConverter } from './layer-converter.ts';
import { poolingAttributes } from './pooling-attributes.ts';

const schema = z.object({
  pool_size: pair.default([2, 2]),
  /** Keras' default is the pool itself. */
  strides: z.nullable(pair).default(null),
  padding: z.enum(['valid', 'same']).default('valid'),
  data_format: channelsLast,
});

/**
 * A layer that takes one value of each window, by an ONNX operator of the same rules for padding as TensorFlow's: what is
 * padded is no maximum, and does not count in an average (ONNX's default `count_include_pad` 0).
 */
export function poolingLayer(opType: 'AveragePool' | 'MaxPool'): LayerConverter {
  return defineLayer(schema, (place) => {
    const { name, config, draft } = place;
    const { input, size } = onlyFeatureMap(place);
    const window = convolutionWindow(size, {
      kernel_size: config.pool_size,
      strides: config.strides ?? config.pool_size,
      dilation_rate: [1, 1],
      padding: config.padding,
    });
    const attributes = poolingAttributes(draft, input, window);
    return {
      name: draft.add(opType, { name, inputs: [input.name], attributes }),
      shape: [window.height, window.width, size.channels],
    };
  });
}

/** A layer that takes one value of each channel: a vector, or a feature map of one pixel that Keras keeps and tfjs does not. */
export function globalPoolingLayer(opType: 'GlobalAveragePool' | 'GlobalMaxPool'): LayerConverter {
  return defineLayer(
    z.object({ data_format: channelsLast, keepdims: z.boolean().default(false) }),
    (place) => {
      const { name, config, draft } = place;
      const { input, size } = onlyFeatureMap(place);
      const pooled = {
        name: draft.add(opType, { name, inputs: [input.name] }),
        shape: [1, 1, size.channels],
      };
      return config.keepdims ? pooled : flatten(draft, pooled, `${name}/flat`);
    },
  );
}
