/** Mean absolute difference of two normalised inputs [1, 3, H, W], in levels of 0 to 255. */
export function levels(a: ArrayLike<number>, b: ArrayLike<number>, std: readonly number[]): number {
  const area = a.length / 3;
  let sum = 0;
  for (let index = 0; index < a.length; index++) {
    const scale = 255 * (std[Math.floor(index / area)] ?? 1);
    sum += scale * Math.abs((a[index] ?? Number.NaN) - (b[index] ?? Number.NaN));
  }
  return sum / a.length;
}
