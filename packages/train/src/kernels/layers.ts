import type { Tfjs } from '../tfjs.ts';

type Layer = InstanceType<Tfjs['layers']['Layer']>;

/** The layers that a backbone is built of, with the configs and saved names of TensorFlow.js' own. */
export interface Layers {
  readonly conv2d: Tfjs['layers']['conv2d'];
  readonly batchNormalization: Tfjs['layers']['batchNormalization'];
  /** `Activation` with `relu`. */
  readonly relu: (name: string) => Layer;
  /** `ReLU` with `maxValue: 6`. */
  readonly relu6: (name: string) => Layer;
}

export function trainableLayers(tf: Tfjs): Layers {
  return {
    conv2d: tf.layers.conv2d,
    batchNormalization: tf.layers.batchNormalization,
    relu: (name) => tf.layers.activation({ activation: 'relu', name }),
    relu6: (name) => tf.layers.reLU({ maxValue: 6, name }),
  };
}
