/** A linear layer: `logits = embedding * kernel + bias`. */
export interface LinearHead {
  /** `[D, C]`, row-major. */
  readonly kernel: Float64Array;
  /** `[C]`. */
  readonly bias: Float64Array;
}

/**
 * Applies a head to embeddings.
 *
 * @param embeddings `[N, D]`, row-major
 * @returns `[N, C]`, row-major
 */
export function classifyEmbeddings(
  embeddings: Float32Array | Float64Array,
  { kernel, bias }: LinearHead,
): Float64Array {
  const classes = bias.length;
  const size = kernel.length / classes;
  const rows = embeddings.length / size;
  const logits = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < classes; column += 1) {
      let sum = bias[column] as number;
      for (let axis = 0; axis < size; axis += 1) {
        sum +=
          (embeddings[row * size + axis] as number) * (kernel[axis * classes + column] as number);
      }
      logits[row * classes + column] = sum;
    }
  }
  return logits;
}
