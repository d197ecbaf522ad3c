import type { LayersModel, Variable } from '@tensorflow/tfjs-node';
import type { TensorValues } from './safetensors.ts';
import type { Tfjs } from './tfjs.ts';
import type { NamedVariable } from './weights-average.ts';

/** A network's weights outside TensorFlow, trainable or not, by `layer/weight`. */
export type NetworkWeights = ReadonlyMap<string, TensorValues>;

/** Copies every weight of a model. */
export function readWeights(model: LayersModel): NetworkWeights {
  return new Map(
    model.weights.map((weight) => {
      const tensor = weight.read();
      // dataSync may hand out TensorFlow's own memory.
      const values = Float32Array.from(tensor.dataSync());
      return [weight.originalName, { shape: tensor.shape, values }];
    }),
  );
}

/** Puts copies back bit for bit; names that the model does not have are passed over. */
export function writeWeights(tf: Tfjs, model: LayersModel, weights: NetworkWeights): void {
  tf.tidy(() => {
    for (const weight of model.weights) {
      const kept = weights.get(weight.originalName);
      if (kept !== undefined) weight.write(tf.tensor(kept.values, [...kept.shape]));
    }
  });
}

/** The trainable variables of a model, under the names that they have in every process. */
export function namedVariables(model: LayersModel): NamedVariable[] {
  return model.trainableWeights.map((weight) => ({
    name: weight.originalName,
    variable: weight.read() as Variable,
  }));
}
