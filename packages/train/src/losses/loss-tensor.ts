import type { Scalar, Tensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';

/** A loss in plain numbers over the rows of a matrix, with its gradient. */
type RowLoss<Result> = (rows: Float32Array, labels: readonly number[]) => Result;

/**
 * Puts a loss that is computed outside TensorFlow into its graph of gradients, as one operation. The rows
 * are read back for it, a few kilobytes on a CPU.
 *
 * @param rows `[B, d]`: embeddings for a metric loss, logits for cross-entropy
 * @param labels class of every row
 * @param onResult told of every evaluation, e.g. of its statistics
 */
export function lossTensor<Result extends { value: number; gradient: Float64Array }>(
  tf: Tfjs,
  loss: RowLoss<Result>,
  rows: Tensor,
  labels: readonly number[],
  onResult?: (result: Result) => void,
): Scalar {
  const lossWithGradient = tf.customGrad((input, save) => {
    const x = input as Tensor;
    const result = loss(x.dataSync<'float32'>(), labels);
    onResult?.(result);
    const gradient = tf.tensor(Float32Array.from(result.gradient), x.shape);
    (save as (tensors: Tensor[]) => void)([gradient]);
    return {
      value: tf.scalar(result.value),
      gradFunc: (dy, saved) => (saved[0] as Tensor).mul(dy),
    };
  });
  return lossWithGradient(rows) as Scalar;
}
