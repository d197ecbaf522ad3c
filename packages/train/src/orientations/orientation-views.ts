import type { Tensor, Tensor4D } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';

type Layer = InstanceType<Tfjs['layers']['Layer']>;

const defined = new WeakMap<Tfjs, (name: string) => Layer>();

/**
 * Makes the layer that shows a square image in all eight orientations: `[N, S, S, C]` to `[8N, S, S, C]`,
 * all images as they are, then all flipped left to right, top to bottom, both; then the same transposed.
 * Registered with TensorFlow.js as `OrientationViews`, so that a saved model loads again.
 */
export function orientationViews(tf: Tfjs, name: string): Layer {
  let make = defined.get(tf);
  if (make === undefined) {
    make = defineOrientationViews(tf);
    defined.set(tf, make);
  }
  return make(name);
}

function defineOrientationViews(tf: Tfjs): (name: string) => Layer {
  class OrientationViews extends tf.layers.Layer {
    static readonly className = 'OrientationViews';

    override computeOutputShape(inputShape: number[]): number[] {
      return inputShape;
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const image = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
      return tf.tidy(() => {
        const transposed = image.transpose<Tensor4D>([0, 2, 1, 3]);
        return tf.concat([...flips(image), ...flips(transposed)], 0);
      });
    }
  }
  tf.serialization.registerClass(OrientationViews);
  return (name) => new OrientationViews({ name });
}

function flips(x: Tensor4D): Tensor4D[] {
  return [x, x.reverse(2), x.reverse(1), x.reverse([1, 2])];
}
