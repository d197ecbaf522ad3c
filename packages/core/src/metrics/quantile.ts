/**
 * The value below which a share of the values lies, between two of them by a straight line: NumPy's `quantile`, to the bit.
 * @param sorted ascending, at least one
 * @param share 0 to 1
 */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const last = sorted.length - 1;
  const position = last * share;
  const below = Math.floor(position);
  const low = sorted[Math.min(below, last)] as number;
  const high = sorted[Math.min(below + 1, last)] as number;
  const along = position - below;
  // From the nearer end, as NumPy does: it is exact at both.
  return along < 0.5 ? low + (high - low) * along : high - (high - low) * (1 - along);
}
