import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from './tfjs.ts';

type Layer = ReturnType<Tfjs['layers']['dense']>;

/** The layer that makes logits of embeddings. It is saved as tfjs' own `Dense`. */
export interface ClassifierLayer {
  readonly layer: Layer;
  /**
   * Makes it a plain linear layer for good: with the weights given, or with those that do the same as what
   * it has learned. Before a network is saved, this must be called.
   * @param weights kernel `[D, C]`, row-major, and bias `[C]`
   */
  makeLinear(weights?: { readonly kernel: Float32Array; readonly bias: Float32Array }): void;
  /** Adds to the bias of a linear layer. */
  shiftBias(offsets: readonly number[]): void;
}

export interface ClassifierLayerOptions {
  /** D, the size of an embedding. */
  readonly embeddingSize: number;
  readonly classes: number;
  /**
   * Above 0: while it trains, logits are the cosine between embedding and class vector times this (Wang et al. 2018,
   * "CosFace", eq. 2 without a margin): for normalised embeddings. 0: a linear layer.
   */
  readonly cosineScale: number;
  readonly seed: number;
}

/** Parts of tfjs' Dense that its types keep private. */
interface Dense {
  readonly kernel: { read(): Tensor; write(value: Tensor): void };
  readonly bias: { read(): Tensor; write(value: Tensor): void };
}

/** A class vector of length 0 has no direction. */
const EPSILON = 1e-12;

export function createClassifierLayer(tf: Tfjs, options: ClassifierLayerOptions): ClassifierLayer {
  let scale = options.cosineScale;
  const Stock = tf.layers.dense({ units: 1 }).constructor as new (
    config: Parameters<Tfjs['layers']['dense']>[0],
  ) => Layer;
  class ClassifierDense extends Stock {
    override call(inputs: Parameters<Layer['call']>[0], given: Parameters<Layer['call']>[1]) {
      if (scale === 0) return super.call(inputs, given);
      const embedding = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
      return tf.tidy(() => embedding.matMul(classVectors(weights.kernel.read())));
    }
  }
  const layer = new ClassifierDense({
    units: options.classes,
    kernelInitializer: tf.initializers.glorotUniform({ seed: options.seed }),
    name: 'logits',
  });
  // Its fields are private by type only.
  const weights = layer as unknown as Dense;
  const classVectors = (kernel: Tensor): Tensor =>
    kernel.div(kernel.square().sum(0, true).add(EPSILON).sqrt()).mul(scale);
  return {
    layer,
    makeLinear: (given) => {
      tf.tidy(() => {
        if (given !== undefined) {
          const { embeddingSize, classes } = options;
          weights.kernel.write(tf.tensor2d(given.kernel, [embeddingSize, classes]));
          weights.bias.write(tf.tensor1d(given.bias));
        } else if (scale > 0) {
          weights.kernel.write(classVectors(weights.kernel.read()));
        }
      });
      scale = 0;
    },
    shiftBias: (offsets) => {
      tf.tidy(() => {
        weights.bias.write(weights.bias.read().add(tf.tensor1d([...offsets])));
      });
    },
  };
}
