import { formatSeconds } from '../duration.ts';
import { formatPercent } from '../format-interval.ts';
import { cellId } from './grid.ts';
import type { CellResult } from './cell-result.ts';

/** `mobilenet/triplet/seed-2  balanced accuracy 65.5 %, accuracy 67.9 %, 4 min`. */
export function formatCell({ cell, training, evaluationSeconds, scores }: CellResult): string {
  return `${cellId(cell)}  balanced accuracy ${formatPercent(scores.balancedAccuracy)}, accuracy ${formatPercent(scores.accuracy)}, ${formatSeconds(training.seconds + evaluationSeconds)}`;
}
