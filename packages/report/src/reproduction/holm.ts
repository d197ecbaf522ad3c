import type { GridRow, PairedDifference } from './reproduction.ts';

/** Adjusts the p-values of a row's comparison for the losses that are compared with the same cross-entropy. */
export function adjustComparison(row: GridRow, rows: readonly GridRow[]): GridRow {
  if (row.comparison === null) return row;
  const { comparison } = row;
  const family = rows.filter(({ backbone }) => backbone === row.backbone);
  const adjusted = (name: 'accuracy' | 'balancedAccuracy'): PairedDifference => ({
    ...comparison[name],
    adjustedPValue: holm(
      comparison[name].pValue,
      family.flatMap((other) => (other.comparison === null ? [] : [other.comparison[name].pValue])),
    ),
  });
  return {
    ...row,
    comparison: {
      ...comparison,
      accuracy: adjusted('accuracy'),
      balancedAccuracy: adjusted('balancedAccuracy'),
    },
  };
}

/** S. Holm 1979, of one p-value among its family: the largest of the step-down products up to it, at most 1. */
export function holm(pValue: number, family: readonly number[]): number {
  const sorted = [...family].sort((a, b) => a - b);
  return sorted
    .filter((own) => own <= pValue)
    .reduce((most, own, rank) => Math.max(most, Math.min(1, own * (sorted.length - rank))), 0);
}
