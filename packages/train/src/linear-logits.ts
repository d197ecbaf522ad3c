/**
 * Applies a linear layer to embeddings: `embedding * kernel + bias`, summed in double.
 *
 * @param embeddings `[N, D]`, row-major
 * @param head `kernel` is `[D, C]`, row-major
 * @returns `[N, C]`, row-major
 */
export function classifyEmbeddings(
  embeddings: Float32Array,
  head: { readonly kernel: Float32Array; readonly bias: Float32Array },
): Float32Array {
  const classes = head.bias.length;
  const size = head.kernel.length / classes;
  const rows = embeddings.length / size;
  return Float32Array.from({ length: rows * classes }, (_, index) => {
    const row = Math.floor(index / classes);
    const column = index % classes;
    let sum = head.bias[column] as number;
    for (let axis = 0; axis < size; axis += 1) {
      sum +=
        (embeddings[row * size + axis] as number) *
        (head.kernel[axis * classes + column] as number);
    }
    return sum;
  });
}
