/** A loss as a function of the distances alone. */
export interface PairLossResult {
  readonly value: number;
  /** dL/dD, `[B, B]` row by row. A pair's two entries are added up, so that either may hold its whole share. */
  readonly weights: Float64Array;
  /** Share of the terms (pairs, triplets or anchors) that are not 0; 0 to 1. */
  readonly activeShare: number;
}

/**
 * @param distances `[B, B]` row by row, symmetric, the diagonal unused
 * @param labels class of every row
 */
export type PairLoss = (distances: Float64Array, labels: readonly number[]) => PairLossResult;

/** `part / whole`, and 0 of nothing. */
export function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

/** Whether a batch has both positive and negative pairs. */
export function hasBothKinds(labels: readonly number[]): boolean {
  const classes = new Set(labels).size;
  return classes > 1 && classes < labels.length;
}
