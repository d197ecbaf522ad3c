import type { Tensor, layers } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';

/** Smallest norm that is divided by: ONNX's usual guard, far below any float32 embedding that trained. */
const L2_EPSILON = 1e-12;

type Layer = InstanceType<typeof layers.Layer>;

const defined = new WeakMap<Tfjs, (name: string) => Layer>();

/**
 * Makes the layer `y = x / max(||x||, epsilon)` over the last axis, registered with TensorFlow.js as
 * `L2Normalize` with config `{ epsilon }`, so that a saved model loads again.
 */
export function l2Normalize(tf: Tfjs, name: string): Layer {
  let make = defined.get(tf);
  if (make === undefined) {
    make = defineL2Normalize(tf);
    defined.set(tf, make);
  }
  return make(name);
}

/** The class extends tfjs' own, which is not loaded before training starts. */
function defineL2Normalize(tf: Tfjs): (name: string) => Layer {
  class L2Normalize extends tf.layers.Layer {
    static readonly className = 'L2Normalize';
    readonly epsilon: number;

    constructor(config: { readonly name?: string; readonly epsilon?: number }) {
      super(config);
      this.epsilon = config.epsilon ?? L2_EPSILON;
    }

    override computeOutputShape(inputShape: number[]): number[] {
      return inputShape;
    }

    override call(inputs: Tensor | Tensor[]): Tensor {
      const input = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
      return tf.tidy(() => divideByNorm(tf, input, this.epsilon));
    }

    override getConfig(): ReturnType<Layer['getConfig']> {
      return { ...super.getConfig(), epsilon: this.epsilon };
    }
  }
  tf.serialization.registerClass(L2Normalize);
  return (name) => new L2Normalize({ name });
}

/**
 * One gradient function: tfjs' gradient of `norm` at 0 is NaN, and that of a broadcast `maximum` throws.
 * `dx = (dy - y * <dy, y>) / ||x||`, and `dy / epsilon` where the norm is clamped.
 */
function divideByNorm(tf: Tfjs, input: Tensor, epsilon: number): Tensor {
  const divide = tf.customGrad((x, save) => {
    const value = x as Tensor;
    const norm = value.square().sum(-1, true).sqrt();
    const divisor = tf.maximum(norm, epsilon);
    const y = value.div(divisor);
    (save as (tensors: Tensor[]) => void)([y, divisor, norm.greater(epsilon).toFloat()]);
    return {
      value: y,
      gradFunc: (dy, saved) => {
        const [unit, length, isFree] = saved as [Tensor, Tensor, Tensor];
        const along = dy.mul(unit).sum(-1, true).mul(isFree);
        return dy.sub(unit.mul(along)).div(length);
      },
    };
  });
  return divide(input);
}
