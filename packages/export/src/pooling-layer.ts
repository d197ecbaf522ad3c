import type { OnnxAttribute } from '@isometry/onnx';
import * as z from 'zod';
import { readInts } from './attribute.ts';
import {
  channelsLast,
  convolutionWindow,
  pair,
  type ConvolutionWindow,
} from './convolution-window.ts';
import type { GraphDraft } from './graph-draft.ts';
import { flatten } from './keras-order.ts';
import {
  defineLayer,
  onlyFeatureMap,
  unsupported,
  type LayerConverter,
} from './layer-converter.ts';
import type { Value } from './value.ts';

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

/**
 * The window of MaxPool or AveragePool. Behind a Pad, its padding is named and not spelled out: ONNX Runtime 1.30 would
 * else move the Pad into the pooling, where MaxPool takes no zeros from it (a wrong maximum of values below 0), and refuse
 * the model where it is as wide as the pool. It leaves a node with `auto_pad` alone.
 * @throws `LAYER_UNSUPPORTED` where the padding has no name that ONNX Runtime takes
 */
export function poolingAttributes(
  draft: GraphDraft,
  input: Value,
  window: ConvolutionWindow,
): readonly OnnxAttribute[] {
  // AveragePool has dilations from opset 19 on.
  const own = window.attributes.filter(({ name }) => name !== 'dilations');
  if (draft.producer(input.name)?.opType !== 'Pad') return own;
  const [top = 0, left = 0, bottom = 0, right = 0] = readInts(own, 'pads') ?? [];
  const isPadded = top + bottom + left + right > 0;
  if (isPadded && hasGap(own)) {
    throw unsupported(
      'its pool is smaller than its strides on one axis and padded on the other, behind a padding',
    );
  }
  return [
    ...own.filter(({ name }) => name !== 'pads'),
    { name: 'auto_pad', type: 'string', value: isPadded ? 'SAME_UPPER' : 'VALID' },
  ];
}

/** Whether windows leave something out between them: then ONNX Runtime reckons a padding below 0 and refuses it. */
function hasGap(attributes: readonly OnnxAttribute[]): boolean {
  const strides = readInts(attributes, 'strides') ?? [];
  const kernel = readInts(attributes, 'kernel_shape') ?? [];
  return strides.some((stride, axis) => stride > (kernel[axis] ?? stride));
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
