import type { Tensor } from '@tensorflow/tfjs';
import { tf } from './tfjs.ts';

/** The layer that `@isometry/train` registers, as far as inference needs it: x / max(‖x‖₂, epsilon). */
export class L2Normalize extends tf.layers.Layer {
  static readonly className = 'L2Normalize';
  readonly epsilon = 1e-12;

  override computeOutputShape(inputShape: number[]): number[] {
    return inputShape;
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    return tf.tidy(() => {
      const [input] = [inputs].flat() as [Tensor];
      return input.div(tf.maximum(input.norm(2, -1, true), this.epsilon));
    });
  }

  override getConfig(): ReturnType<InstanceType<typeof tf.layers.Layer>['getConfig']> {
    return { ...super.getConfig(), epsilon: this.epsilon };
  }
}
