/**
 * Derivatives of a float64 function by central differences: what the gradients of the kernels are held against.
 * The step is relative to 1, the size of the values in these tests: its error is about 1e-10.
 */
export function centralDifferences(
  at: readonly number[],
  objective: (values: readonly number[]) => number,
): number[] {
  const step = 1e-5;
  return at.map((_, index) => {
    const moved = (by: number): number[] =>
      at.map((value, other) => (other === index ? value + by : value));
    return (objective(moved(step)) - objective(moved(-step))) / (2 * step);
  });
}

/** The largest absolute difference, over the largest expected magnitude. */
export function relativeError(actual: ArrayLike<number>, expected: readonly number[]): number {
  if (actual.length !== expected.length) return Infinity;
  const scale = Math.max(...expected.map(Math.abs), Number.MIN_VALUE);
  const worst = expected.map((value, index) => Math.abs((actual[index] as number) - value));
  return Math.max(...worst) / scale;
}
