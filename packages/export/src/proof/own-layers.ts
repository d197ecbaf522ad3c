import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import type { Tfjs } from './tfjs.ts';

/**
 * Makes the layers that `@isometry/train` adds to a network known to TensorFlow.js, so that a saved run loads without
 * the trainer. Written from their definition, for inference alone; where the trainer has registered its own, they stay.
 */
export function registerOwnLayers(tf: Tfjs): void {
  const known = tf.serialization.SerializationMap.getMap().classNameMap;
  type Config = ConstructorParameters<typeof tf.layers.Layer>[0];

  /** `x / max(‖x‖₂, epsilon)` over the last axis. */
  class L2Normalize extends tf.layers.Layer {
    static readonly className = 'L2Normalize';
    readonly #epsilon: number;

    constructor(config: Config & { readonly epsilon: number }) {
      super(config);
      this.#epsilon = config.epsilon;
    }

    override computeOutputShape(inputShape: number[]): number[] {
      return inputShape;
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const rows = only(inputs);
        return rows.div(rows.square().sum(-1, true).sqrt().clipByValue(this.#epsilon, Infinity));
      });
    }
  }

  /** A square image and its seven other orientations: `[N, S, S, C]` to `[8 N, S, S, C]`, batch after batch. */
  class OrientationViews extends tf.layers.Layer {
    static readonly className = 'OrientationViews';

    override computeOutputShape(inputShape: number[]): number[] {
      return inputShape;
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const image = only(inputs) as Tensor4D;
        const mirrored = image.transpose<Tensor4D>([0, 2, 1, 3]);
        return tf.concat([...flipped(image), ...flipped(mirrored)], 0);
      });
    }
  }

  /** The mean of an image's views: `[views N, D]` to `[N, D]`. */
  class MeanOverViews extends tf.layers.Layer {
    static readonly className = 'MeanOverViews';
    readonly #views: number;

    constructor(config: Config & { readonly views: number }) {
      super(config);
      this.#views = config.views;
    }

    override computeOutputShape(inputShape: number[]): number[] {
      return inputShape;
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      return tf.tidy(() => {
        const rows = only(inputs);
        return rows.reshape([this.#views, -1, rows.shape[1] as number]).mean(0);
      });
    }
  }

  for (const layer of [L2Normalize, OrientationViews, MeanOverViews]) {
    if (!(layer.className in known)) tf.serialization.registerClass(layer);
  }
}

/** A picture, and mirrored along its columns, its rows, both. */
function flipped(own: Tensor4D): Tensor4D[] {
  return [own, own.reverse(2), own.reverse(1), own.reverse([1, 2])];
}

function only(inputs: Tensor | Tensor[]): Tensor {
  return (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
}
