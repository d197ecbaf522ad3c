import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';

type Layer = InstanceType<Tfjs['layers']['Layer']>;

const defined = new WeakMap<Tfjs, (name: string, views: number) => Layer>();

/**
 * Makes the layer that averages what {@link orientationViews} multiplied: `[views * N, D]` to `[N, D]`.
 * Registered with TensorFlow.js as `MeanOverViews` with config `{ views }`, so that a saved model loads again.
 */
export function meanOverViews(tf: Tfjs, name: string, views: number): Layer {
  let make = defined.get(tf);
  if (make === undefined) {
    make = defineMeanOverViews(tf);
    defined.set(tf, make);
  }
  return make(name, views);
}

function defineMeanOverViews(tf: Tfjs): (name: string, views: number) => Layer {
  class MeanOverViews extends tf.layers.Layer {
    static readonly className = 'MeanOverViews';
    readonly views: number;

    constructor(config: { readonly name?: string; readonly views: number }) {
      super(config);
      this.views = config.views;
    }

    override computeOutputShape(inputShape: number[]): number[] {
      return inputShape;
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const rows = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
      return tf.tidy(() => rows.reshape([this.views, -1, rows.shape[1] as number]).mean(0));
    }

    override getConfig(): ReturnType<Layer['getConfig']> {
      return { ...super.getConfig(), views: this.views };
    }
  }
  tf.serialization.registerClass(MeanOverViews);
  return (name, views) => new MeanOverViews({ name, views });
}
