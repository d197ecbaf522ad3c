/** How cross-entropy treats classes and labels. */
export interface CrossEntropyConfig {
  /** What an image of each class counts; as Keras' `class_weight`, the mean is over images, not over weights. @defaultValue 1 for all */
  readonly classWeights?: readonly number[] | undefined;
  /** Share of a label that goes to all classes alike, 0 to 1. @defaultValue 0 */
  readonly labelSmoothing?: number | undefined;
}

export interface CrossEntropyResult {
  readonly value: number;
  /** dL/dlogits, `[B, C]` row by row. */
  readonly gradient: Float64Array;
}

/**
 * @param logits `[B, C]` row by row
 * @param labels class of every row, 0 to C - 1
 */
export type CrossEntropy = (
  logits: Float32Array | Float64Array,
  labels: readonly number[],
) => CrossEntropyResult;

/**
 * Makes `mean over images of w_y * sum over classes of -t_c log softmax(logits)_c`, with `t` the label's
 * one-hot row times `1 - labelSmoothing` plus `labelSmoothing / C`. In float64; logits of any size.
 */
export function createCrossEntropy(config: CrossEntropyConfig = {}): CrossEntropy {
  const { classWeights, labelSmoothing = 0 } = config;
  return (logits, labels) => {
    const classes = logits.length / labels.length;
    const gradient = new Float64Array(logits.length);
    let value = 0;
    for (const [row, label] of labels.entries()) {
      const own = logits.subarray(row * classes, (row + 1) * classes);
      let largest = -Infinity;
      for (const logit of own) largest = Math.max(largest, logit);
      let sum = 0;
      for (const logit of own) sum += Math.exp(logit - largest);
      const logOfSum = largest + Math.log(sum);
      const weight = (classWeights?.[label] ?? 1) / labels.length;
      for (const [column, logit] of own.entries()) {
        const target = labelSmoothing / classes + (column === label ? 1 - labelSmoothing : 0);
        // 0 * Infinity has no place here: a logit of -Infinity that no target asks for costs nothing.
        if (target !== 0) value += weight * target * (logOfSum - logit);
        gradient[row * classes + column] = weight * (Math.exp(logit - logOfSum) - target);
      }
    }
    return { value, gradient };
  };
}
