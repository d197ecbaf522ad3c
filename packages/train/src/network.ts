import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs-node';
import { IsometryError, deriveSeed } from '@isometry/core';
import { BACKBONES, type BackboneName } from './backbones/backbones.ts';
import { l2Normalize } from './backbones/l2-normalize.ts';
import { createClassifierLayer, type ClassifierLayer } from './classifier-layer.ts';
import { meanOverViews } from './orientations/mean-over-views.ts';
import { orientationViews } from './orientations/orientation-views.ts';
import type { Tfjs } from './tfjs.ts';

export interface CreateNetworkOptions {
  readonly width: number;
  readonly height: number;
  readonly backbone: BackboneName;
  readonly widthMultiplier: number;
  readonly batchNormMomentum: number;
  readonly embeddingSize: number;
  /** Ends the embedding with an `L2Normalize` layer. */
  readonly normalise: boolean;
  readonly classes: number;
  /** See `ClassifierLayerOptions`. */
  readonly cosineScale: number;
  /** In how many orientations an image is looked at: 1, or 8 whose embeddings are averaged. @defaultValue 1 */
  readonly orientations?: number | undefined;
  /** Name of the last layer that stays as it is, with all before it. */
  readonly freeze: string | null;
  readonly seed: number;
}

/** One set of weights, seen as two models. */
export interface Network {
  /** `[null, H, W, 3]` to `[embedding, logits]`: what is saved. */
  readonly model: LayersModel;
  /** The part that the embedding stage trains. */
  readonly embedder: LayersModel;
  /** The part that pretrained weights are for: `[null, H, W, 3]` to the feature map. */
  readonly backbone: LayersModel;
  readonly classifier: ClassifierLayer;
  /** Frees the weights. */
  dispose(): void;
}

/**
 * Builds backbone, global average pooling, the `embedding` and a linear `logits` layer. The layers that
 * make the outputs carry these names; an embedding that is averaged or normalised comes from `embedding_dense`.
 * @throws `OPTION_INVALID` when there is no layer of the name `freeze`
 */
export function createNetwork(tf: Tfjs, options: CreateNetworkOptions): Network {
  const { seed } = options;
  const input = tf.input({
    shape: [options.height, options.width, 3],
    name: 'pixel_values',
  });
  const views = options.orientations ?? 1;
  const seen =
    views > 1 ? (orientationViews(tf, 'orientations').apply(input) as SymbolicTensor) : input;
  const features = BACKBONES[options.backbone].build(tf, seen, options);
  const pooled = tf.layers
    .globalAveragePooling2d({ name: 'global_average_pooling' })
    .apply(features) as SymbolicTensor;
  const dense = tf.layers
    .dense({
      units: options.embeddingSize,
      kernelInitializer: tf.initializers.glorotUniform({ seed: deriveSeed(seed, 'embedding') }),
      name: options.normalise || views > 1 ? 'embedding_dense' : 'embedding',
    })
    .apply(pooled) as SymbolicTensor;
  const mean =
    views > 1
      ? (meanOverViews(tf, options.normalise ? 'embedding_mean' : 'embedding', views).apply(
          dense,
        ) as SymbolicTensor)
      : dense;
  const embedding = options.normalise
    ? (l2Normalize(tf, 'embedding').apply(mean) as SymbolicTensor)
    : mean;
  const classifier = createClassifierLayer(tf, { ...options, seed: deriveSeed(seed, 'logits') });
  const logits = classifier.layer.apply(embedding) as SymbolicTensor;
  const backbone = tf.model({ inputs: input, outputs: features });
  const embedder = tf.model({ inputs: input, outputs: embedding });
  const model = tf.model({ inputs: input, outputs: [embedding, logits], name: 'isometry' });
  const dispose = (): void => disposeLayers(model);
  try {
    if (options.freeze !== null) freezeUntil(backbone, options.freeze);
  } catch (error) {
    dispose();
    throw error;
  }
  return { model, embedder, backbone, classifier, dispose };
}

/** In the order in which the layers were built, which is the order of computation. */
function freezeUntil(backbone: LayersModel, last: string): void {
  const at = backbone.layers.findIndex(({ name }) => name === last);
  if (at === -1) {
    throw new IsometryError(
      'OPTION_INVALID',
      `The backbone has no layer "${last}" to freeze up to.`,
      {
        hint: `Its last layers are ${backbone.layers
          .slice(-5)
          .map(({ name }) => name)
          .join(', ')}; the last one freezes the whole backbone.`,
        details: { option: 'freeze' },
      },
    );
  }
  for (const layer of backbone.layers.slice(0, at + 1)) layer.trainable = false;
}

/** `model.dispose()` counts references of shared layers and would leave some: free each layer once. */
function disposeLayers(model: LayersModel): void {
  for (const layer of model.layers) layer.dispose();
}
