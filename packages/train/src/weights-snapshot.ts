import type { LayersModel } from '@tensorflow/tfjs-node';
import type { Tfjs } from './tfjs.ts';

/** Copies of a model's weights outside TensorFlow, trainable or not; put back bit for bit. */
export interface WeightsSnapshot {
  restore(): void;
}

export function takeSnapshot(tf: Tfjs, model: LayersModel): WeightsSnapshot {
  const copies = model
    .getWeights()
    .map((weight) => ({ shape: weight.shape, values: Float32Array.from(weight.dataSync()) }));
  return {
    restore: () => {
      tf.tidy(() => {
        model.setWeights(copies.map(({ shape, values }) => tf.tensor(values, shape)));
      });
    },
  };
}
