import type { Tensor, Tensor4D } from '@tensorflow/tfjs';
import { tf } from './tfjs.ts';

type Layer = InstanceType<typeof tf.layers.Layer>;

/** The layer that `@isometry/train` registers: all eight orientations of a square, batch after batch. */
export class OrientationViews extends tf.layers.Layer {
  static readonly className = 'OrientationViews';

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [image] = [inputs].flat() as [Tensor4D];
    return tf.tidy(() => {
      const orientations = [image, image.transpose<Tensor4D>([0, 2, 1, 3])].flatMap((own) => [
        own,
        own.reverse(2),
        own.reverse(1),
        own.reverse([1, 2]),
      ]);
      return tf.concat(orientations, 0);
    });
  }
}

/** Its counterpart: the mean over the batches that lie one after the other. */
export class MeanOverViews extends tf.layers.Layer {
  static readonly className = 'MeanOverViews';
  readonly views = 8;

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    const [rows] = [inputs].flat() as [Tensor];
    return tf.tidy(() => rows.reshape([this.views, -1, rows.shape[1] as number]).mean(0));
  }

  override getConfig(): ReturnType<Layer['getConfig']> {
    return { ...super.getConfig(), views: this.views };
  }
}
