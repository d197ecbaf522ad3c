import { formatSeconds } from '../duration.ts';
import { cellId } from './grid.ts';
import type { CellResult } from './run-cell.ts';

/** `mobilenet/triplet/seed-2  balanced accuracy 65.5 %, accuracy 67.9 %, 4 min`. */
export function formatCell({ cell, training, evaluationSeconds, scores }: CellResult): string {
  const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
  return `${cellId(cell)}  balanced accuracy ${percent(scores.balancedAccuracy)}, accuracy ${percent(scores.accuracy)}, ${formatSeconds(training.seconds + evaluationSeconds)}`;
}
