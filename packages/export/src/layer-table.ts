import type { LayerConverter } from './layer-converter.ts';
import { activationLayer } from './layers/activation-layer.ts';
import { add } from './layers/add.ts';
import { averagePooling2D } from './layers/average-pooling-2d.ts';
import { batchNormalization } from './layers/batch-normalization.ts';
import { concatenate } from './layers/concatenate.ts';
import { conv2D } from './layers/conv-2d.ts';
import { dense } from './layers/dense.ts';
import { depthwiseConv2D } from './layers/depthwise-conv-2d.ts';
import { dropout } from './layers/dropout.ts';
import { flattenLayer } from './layers/flatten-layer.ts';
import { globalAveragePooling2D } from './layers/global-average-pooling-2d.ts';
import { inputLayer } from './layers/input-layer.ts';
import { l2Normalize } from './layers/l2-normalize.ts';
import { maxPooling2D } from './layers/max-pooling-2d.ts';
import { meanOverViews } from './layers/mean-over-views.ts';
import { orientationViews } from './layers/orientation-views.ts';
import { reLU } from './layers/re-lu.ts';
import { reshape } from './layers/reshape.ts';
import { zeroPadding2D } from './layers/zero-padding-2d.ts';

/** The tfjs layer classes that the exporter writes to ONNX. */
export const SUPPORTED_LAYERS = [
  'Activation',
  'Add',
  'AveragePooling2D',
  'BatchNormalization',
  'Concatenate',
  'Conv2D',
  'Dense',
  'DepthwiseConv2D',
  'Dropout',
  'Flatten',
  'GlobalAveragePooling2D',
  'InputLayer',
  'L2Normalize',
  'MaxPooling2D',
  'MeanOverViews',
  'OrientationViews',
  'ReLU',
  'Reshape',
  'ZeroPadding2D',
] as const;

/** A tfjs layer class that the exporter writes to ONNX. */
export type SupportedLayer = (typeof SUPPORTED_LAYERS)[number];

const CONVERTERS = {
  Activation: activationLayer,
  Add: add,
  AveragePooling2D: averagePooling2D,
  BatchNormalization: batchNormalization,
  Concatenate: concatenate,
  Conv2D: conv2D,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2D,
  Dropout: dropout,
  Flatten: flattenLayer,
  GlobalAveragePooling2D: globalAveragePooling2D,
  InputLayer: inputLayer,
  L2Normalize: l2Normalize,
  MaxPooling2D: maxPooling2D,
  MeanOverViews: meanOverViews,
  OrientationViews: orientationViews,
  ReLU: reLU,
  Reshape: reshape,
  ZeroPadding2D: zeroPadding2D,
} as const satisfies Record<SupportedLayer, LayerConverter>;

/** The converter of a layer class, or undefined when there is none. */
export function converterOf(className: string): LayerConverter | undefined {
  return Object.hasOwn(CONVERTERS, className) ? CONVERTERS[className as SupportedLayer] : undefined;
}
