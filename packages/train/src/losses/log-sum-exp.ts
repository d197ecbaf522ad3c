/** `log(e^a + e^b)` without overflow; -Infinity is the log of nothing. */
export function logAddExp(a: number, b: number): number {
  const largest = Math.max(a, b);
  if (largest === -Infinity) return -Infinity;
  return largest + Math.log1p(Math.exp(Math.min(a, b) - largest));
}

/** `log` of the sum of `e^x` over `exponents`, without overflow; -Infinity of none. */
export function logSumExp(exponents: readonly number[]): number {
  let largest = -Infinity;
  for (const exponent of exponents) largest = Math.max(largest, exponent);
  if (largest === -Infinity) return -Infinity;
  let sum = 0;
  for (const exponent of exponents) sum += Math.exp(exponent - largest);
  return largest + Math.log(sum);
}
