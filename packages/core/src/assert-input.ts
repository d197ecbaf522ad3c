import { IsometryError } from './errors.ts';
import type { Tensor } from './types.ts';

/**
 * Checks a raw tensor before ONNX Runtime sees it: `[N, ...shape]`, N at least 1, and as many values.
 * @throws `TENSOR_INVALID`
 */
export function assertInput(input: Tensor, shape: readonly [number, number, number]): void {
  const { data, dims }: Partial<Tensor> = input ?? {};
  if (!(data instanceof Float32Array) || !Array.isArray(dims)) {
    throw new IsometryError('TENSOR_INVALID', 'The input is not a float32 tensor.', {
      hint: `Pass { data: Float32Array, dims: [N, ${shape.join(', ')}] }.`,
    });
  }
  const [n] = dims;
  const expected = [n, ...shape];
  const fits =
    Number.isInteger(n) &&
    n > 0 &&
    dims.length === expected.length &&
    expected.every((size, axis) => size === dims[axis]) &&
    data.length === expected.reduce((a, b) => a * b, 1);
  if (fits) return;
  throw new IsometryError(
    'TENSOR_INVALID',
    `The input is [${dims.join(', ')}] with ${data.length} values; the model takes [N, ${shape.join(', ')}].`,
    {
      hint: 'Give as many values as `dims` multiplied, row-major.',
      details: { dims, length: data.length },
    },
  );
}
