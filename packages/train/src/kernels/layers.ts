import type { Tfjs } from '../tfjs.ts';
import { defineBatchNormalization } from './batch-normalization.ts';
import { defineConv2d } from './convolution.ts';
import { defineMaxPooling2d } from './max-pooling.ts';
import { defineRectifiedLinear } from './rectified-linear.ts';

type Layer = InstanceType<Tfjs['layers']['Layer']>;

/** The layers that a backbone is built of, with the configs and saved names of TensorFlow.js' own. */
export interface Layers {
  readonly conv2d: Tfjs['layers']['conv2d'];
  readonly batchNormalization: Tfjs['layers']['batchNormalization'];
  readonly maxPooling2d: Tfjs['layers']['maxPooling2d'];
  /** `Activation` with `relu`. */
  readonly relu: (name: string) => Layer;
  /** `ReLU` with `maxValue: 6`. */
  readonly relu6: (name: string) => Layer;
}

const defined = new WeakMap<Tfjs, Layers>();

/**
 * Layers that train as Keras' do and, on tfjs-node, by TensorFlow's own kernels. A saved model names tfjs' classes, so
 * it loads everywhere; loaded again, it has tfjs' layers and not these.
 */
export function trainableLayers(tf: Tfjs): Layers {
  let layers = defined.get(tf);
  if (layers === undefined) {
    layers = {
      conv2d: defineConv2d(tf),
      batchNormalization: defineBatchNormalization(tf),
      maxPooling2d: defineMaxPooling2d(tf),
      ...defineRectifiedLinear(tf),
    };
    defined.set(tf, layers);
  }
  return layers;
}
