/** The first position of the largest value; -1 where there is none, or where a value is no number. */
export function indexOfLargest(values: Float32Array | Float64Array): number {
  let largest = -Infinity;
  for (const value of values) largest = Math.max(largest, value);
  return values.indexOf(largest);
}
