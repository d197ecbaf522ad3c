import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-node';
import { l2Normalize } from './backbones/l2-normalize.ts';
import { mobileNet } from './backbones/mobilenet.ts';
import { deriveSeed } from './sampling/random.ts';
import type { Tfjs } from './tfjs.ts';

export interface CreateNetworkOptions {
  readonly width: number;
  readonly height: number;
  readonly widthMultiplier: number;
  readonly embeddingSize: number;
  /** Ends the embedding with an `L2Normalize` layer. */
  readonly normalise: boolean;
  readonly classes: number;
  readonly seed: number;
}

/** One set of weights, seen as two models. */
export interface Network {
  /** `[null, H, W, 3]` to `[embedding, logits]`: what is saved. */
  readonly model: LayersModel;
  /** The part that the embedding stage trains. */
  readonly embedder: LayersModel;
  /** Frees the weights. */
  dispose(): void;
}

/**
 * Builds backbone, global average pooling, the `embedding` and a linear `logits` layer. The layers that
 * make the outputs carry these names; a normalised embedding comes from `embedding_dense`.
 */
export function createNetwork(tf: Tfjs, options: CreateNetworkOptions): Network {
  const input = tf.input({
    shape: [options.height, options.width, 3],
    name: 'pixel_values',
  });
  const features = mobileNet(tf, input, options);
  const pooled = tf.layers
    .globalAveragePooling2d({ name: 'global_average_pooling' })
    .apply(features) as SymbolicTensor;
  const dense = tf.layers
    .dense({
      units: options.embeddingSize,
      kernelInitializer: tf.initializers.glorotUniform({
        seed: deriveSeed(options.seed, 'embedding'),
      }),
      name: options.normalise ? 'embedding_dense' : 'embedding',
    })
    .apply(pooled) as SymbolicTensor;
  const embedding = options.normalise
    ? (l2Normalize(tf, 'embedding').apply(dense) as SymbolicTensor)
    : dense;
  const logits = tf.layers
    // The classifier stage sets both weights.
    .dense({ units: options.classes, kernelInitializer: 'zeros', name: 'logits' })
    .apply(embedding) as SymbolicTensor;
  const embedder = tf.model({ inputs: input, outputs: embedding });
  const model = tf.model({ inputs: input, outputs: [embedding, logits], name: 'isometry' });
  return { model, embedder, dispose: () => disposeLayers(model) };
}

/** `model.dispose()` counts references of shared layers and would leave some: free each layer once. */
function disposeLayers(model: LayersModel): void {
  for (const layer of model.layers) layer.dispose();
}
