import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';

/** A value, and the gradients by the inputs, in their order, given that by the value. */
export interface WithGradient {
  readonly value: Tensor;
  readonly gradient: (dy: Tensor, saved: Tensor[]) => Tensor[];
  /** Tensors that `gradient` needs; only these are kept until then. */
  readonly saved: Tensor[];
}

/** `tf.customGrad` with types that say what it takes: its own know neither `save` nor several gradients. */
export function withGradient(
  tf: Tfjs,
  inputs: readonly Tensor[],
  compute: (...inputs: Tensor[]) => WithGradient,
): Tensor {
  const count = inputs.length;
  const run = tf.customGrad((...given) => {
    const tensors = given.slice(0, count) as Tensor[];
    const save = given[count] as unknown as (tensors: Tensor[]) => void;
    const { value, gradient, saved } = compute(...tensors);
    save(saved);
    return {
      value,
      gradFunc: (dy, kept) => gradient(dy, kept),
    };
  });
  return run(...(inputs as Tensor[]));
}
