/**
 * The mean, rounded about once: what each addition loses is carried along (A. Neumaier 1974), so that the order of
 * the images is no matter but for the last bit.
 */
export function mean(values: Float64Array): number {
  let [sum, lost] = [0, 0];
  for (const value of values) {
    const next = sum + value;
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
    sum = next;
  }
  return (sum + lost) / values.length;
}
