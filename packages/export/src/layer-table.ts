import { identityLayer } from './identity-layer.ts';
import type { LayerConverter } from './layer-converter.ts';
import { activationLayer } from './layers/activation-layer.ts';
import { add } from './layers/add.ts';
import { average } from './layers/average.ts';
import { averagePooling2D } from './layers/average-pooling-2d.ts';
import { batchNormalization } from './layers/batch-normalization.ts';
import { centerCrop } from './layers/center-crop.ts';
import { concatenate } from './layers/concatenate.ts';
import { conv2D } from './layers/conv-2d.ts';
import { conv2DTranspose } from './layers/conv-2d-transpose.ts';
import { cropping2D } from './layers/cropping-2d.ts';
import { dense } from './layers/dense.ts';
import { depthwiseConv2D } from './layers/depthwise-conv-2d.ts';
import { dot } from './layers/dot.ts';
import { elu } from './layers/elu.ts';
import { flattenLayer } from './layers/flatten-layer.ts';
import { globalAveragePooling1D } from './layers/global-average-pooling-1d.ts';
import { globalAveragePooling2D } from './layers/global-average-pooling-2d.ts';
import { globalMaxPooling1D } from './layers/global-max-pooling-1d.ts';
import { globalMaxPooling2D } from './layers/global-max-pooling-2d.ts';
import { inputLayer } from './layers/input-layer.ts';
import { l2Normalize } from './layers/l2-normalize.ts';
import { layerNormalization } from './layers/layer-normalization.ts';
import { leakyReLU } from './layers/leaky-re-lu.ts';
import { maxPooling2D } from './layers/max-pooling-2d.ts';
import { maximum } from './layers/maximum.ts';
import { meanOverViews } from './layers/mean-over-views.ts';
import { minimum } from './layers/minimum.ts';
import { multiply } from './layers/multiply.ts';
import { normalization } from './layers/normalization.ts';
import { orientationViews } from './layers/orientation-views.ts';
import { pReLU } from './layers/p-re-lu.ts';
import { permute } from './layers/permute.ts';
import { reLU } from './layers/re-lu.ts';
import { repeatVector } from './layers/repeat-vector.ts';
import { rescaling } from './layers/rescaling.ts';
import { reshape } from './layers/reshape.ts';
import { resizing } from './layers/resizing.ts';
import { separableConv2D } from './layers/separable-conv-2d.ts';
import { softmax } from './layers/softmax.ts';
import { subtract } from './layers/subtract.ts';
import { thresholdedReLU } from './layers/thresholded-re-lu.ts';
import { upSampling2D } from './layers/up-sampling-2d.ts';
import { zeroPadding2D } from './layers/zero-padding-2d.ts';

/** The layer classes that the exporter writes to ONNX: see docs/export.md for the limits of each. */
export const SUPPORTED_LAYERS = [
  'Activation',
  'ActivityRegularization',
  'Add',
  'AlphaDropout',
  'Average',
  'AveragePooling2D',
  'BatchNormalization',
  'CenterCrop',
  'Concatenate',
  'Conv2D',
  'Conv2DTranspose',
  'Cropping2D',
  'Dense',
  'DepthwiseConv2D',
  'Dot',
  'Dropout',
  'ELU',
  'Flatten',
  'GaussianDropout',
  'GaussianNoise',
  'GlobalAveragePooling1D',
  'GlobalAveragePooling2D',
  'GlobalMaxPooling1D',
  'GlobalMaxPooling2D',
  'InputLayer',
  'L2Normalize',
  'LayerNormalization',
  'LeakyReLU',
  'MaxPooling2D',
  'Maximum',
  'MeanOverViews',
  'Minimum',
  'Multiply',
  'Normalization',
  'OrientationViews',
  'PReLU',
  'Permute',
  'RandomBrightness',
  'RandomContrast',
  'RandomFlip',
  'RandomRotation',
  'RandomTranslation',
  'RandomZoom',
  'ReLU',
  'RepeatVector',
  'Rescaling',
  'Reshape',
  'Resizing',
  'SeparableConv2D',
  'Softmax',
  'SpatialDropout1D',
  'SpatialDropout2D',
  'Subtract',
  'ThresholdedReLU',
  'UpSampling2D',
  'ZeroPadding2D',
] as const;

/** A layer class that the exporter writes to ONNX. */
export type SupportedLayer = (typeof SUPPORTED_LAYERS)[number];

const CONVERTERS = {
  Activation: activationLayer,
  ActivityRegularization: identityLayer,
  Add: add,
  AlphaDropout: identityLayer,
  Average: average,
  AveragePooling2D: averagePooling2D,
  BatchNormalization: batchNormalization,
  CenterCrop: centerCrop,
  Concatenate: concatenate,
  Conv2D: conv2D,
  Conv2DTranspose: conv2DTranspose,
  Cropping2D: cropping2D,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2D,
  Dot: dot,
  Dropout: identityLayer,
  ELU: elu,
  Flatten: flattenLayer,
  GaussianDropout: identityLayer,
  GaussianNoise: identityLayer,
  GlobalAveragePooling1D: globalAveragePooling1D,
  GlobalAveragePooling2D: globalAveragePooling2D,
  GlobalMaxPooling1D: globalMaxPooling1D,
  GlobalMaxPooling2D: globalMaxPooling2D,
  InputLayer: inputLayer,
  L2Normalize: l2Normalize,
  LayerNormalization: layerNormalization,
  LeakyReLU: leakyReLU,
  MaxPooling2D: maxPooling2D,
  Maximum: maximum,
  MeanOverViews: meanOverViews,
  Minimum: minimum,
  Multiply: multiply,
  Normalization: normalization,
  OrientationViews: orientationViews,
  PReLU: pReLU,
  Permute: permute,
  RandomBrightness: identityLayer,
  RandomContrast: identityLayer,
  RandomFlip: identityLayer,
  RandomRotation: identityLayer,
  RandomTranslation: identityLayer,
  RandomZoom: identityLayer,
  ReLU: reLU,
  RepeatVector: repeatVector,
  Rescaling: rescaling,
  Reshape: reshape,
  Resizing: resizing,
  SeparableConv2D: separableConv2D,
  Softmax: softmax,
  SpatialDropout1D: identityLayer,
  SpatialDropout2D: identityLayer,
  Subtract: subtract,
  ThresholdedReLU: thresholdedReLU,
  UpSampling2D: upSampling2D,
  ZeroPadding2D: zeroPadding2D,
} as const satisfies Record<SupportedLayer, LayerConverter>;

/** The converter of a layer class, or undefined when there is none. */
export function converterOf(className: string): LayerConverter | undefined {
  return Object.hasOwn(CONVERTERS, className) ? CONVERTERS[className as SupportedLayer] : undefined;
}
