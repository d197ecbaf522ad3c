import type { TripletMining } from './metric-loss-config.ts';

/** Told of one triplet: rows of the batch. */
type Visit = (anchor: number, positive: number, negative: number) => void;

/**
 * Visits the triplets that {@link TripletMining} chooses; of equally far candidates the first.
 * @param distances `[B, B]` row by row, as the loss measures them
 */
export function mineTriplets(
  mining: TripletMining,
  distances: Float64Array,
  labels: readonly number[],
  margin: number,
  visit: Visit,
): void {
  for (const [anchor, label] of labels.entries()) {
    const positives: number[] = [];
    const negatives: number[] = [];
    for (const [row, other] of labels.entries()) {
      if (other !== label) negatives.push(row);
      else if (row !== anchor) positives.push(row);
    }
    if (positives.length === 0 || negatives.length === 0) continue;
    const far = (row: number) => distances[anchor * labels.length + row] as number;
    switch (mining) {
      case 'all':
        for (const positive of positives) {
          for (const negative of negatives) visit(anchor, positive, negative);
        }
        break;
      case 'hard':
        visit(anchor, farthest(positives, far), nearest(negatives, far));
        break;
      case 'semi-hard':
        for (const positive of positives) {
          const beyond = negatives.filter((negative) => far(negative) > far(positive));
          const chosen = beyond.length > 0 ? nearest(beyond, far) : farthest(negatives, far);
          visit(anchor, positive, chosen);
        }
        break;
      case 'semi-hard-all':
        for (const positive of positives) {
          for (const negative of negatives) {
            const gap = far(negative) - far(positive);
            if (gap > 0 && gap < margin) visit(anchor, positive, negative);
          }
        }
    }
  }
}

function nearest(rows: readonly number[], far: (row: number) => number): number {
  return rows.reduce((best, row) => (far(row) < far(best) ? row : best));
}

function farthest(rows: readonly number[], far: (row: number) => number): number {
  return rows.reduce((best, row) => (far(row) > far(best) ? row : best));
}
