import type { TripletConfig } from './metric-loss-config.ts';
import { shareOf, type PairLoss } from './pair-loss.ts';
import { mineTriplets } from './triplet-mining.ts';

/** The triplet loss of {@link TripletConfig}. */
export function tripletLoss(config: TripletConfig): PairLoss {
  const { margin, factor, reduction, mining } = config;
  return (distances, labels) => {
    const size = labels.length;
    const weights = new Float64Array(size * size);
    let sum = 0;
    let mined = 0;
    let active = 0;
    mineTriplets(mining, distances, labels, margin, (anchor, positive, negative) => {
      mined += 1;
      const toPositive = anchor * size + positive;
      const toNegative = anchor * size + negative;
      const violation =
        (distances[toPositive] as number) - (distances[toNegative] as number) + margin;
      if (violation <= 0) return;
      active += 1;
      sum += violation;
      weights[toPositive] = (weights[toPositive] as number) + 1;
      weights[toNegative] = (weights[toNegative] as number) - 1;
    });
    const terms = {
      'sum-triplets': 1,
      'mean-triplets': mined,
      'mean-active-triplets': active,
    } satisfies Record<TripletConfig['reduction'], number>;
    const scale = factor * shareOf(1, terms[reduction]);
    return {
      value: sum * scale,
      weights: weights.map((weight) => weight * scale),
      activeShare: shareOf(active, mined),
    };
  };
}
