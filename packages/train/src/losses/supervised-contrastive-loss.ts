import { logSumExp } from './log-sum-exp.ts';
import type { SupervisedContrastiveConfig } from './metric-loss-config.ts';
import { hasBothKinds, shareOf, type PairLoss } from './pair-loss.ts';

/** The supervised contrastive loss of {@link SupervisedContrastiveConfig}; 0 without pairs of both kinds. */
export function supervisedContrastiveLoss({ temperature }: SupervisedContrastiveConfig): PairLoss {
  return (distances, labels) => {
    const size = labels.length;
    const weights = new Float64Array(size * size);
    if (!hasBothKinds(labels)) return { value: 0, weights, activeShare: 0 };
    let sum = 0;
    let active = 0;
    for (const [anchor, label] of labels.entries()) {
      const at = anchor * size;
      const others = [...labels.keys()].filter((row) => row !== anchor);
      const positives = others.filter((row) => labels[row] === label).length;
      if (positives === 0) continue;
      // e^(S/T) up to the constant e^(1/T), which the fraction does not see.
      const exponents = others.map((row) => -(distances[at + row] as number) / temperature);
      const total = logSumExp(exponents);
      let term = 0;
      for (const [index, row] of others.entries()) {
        if (labels[row] === label) term += (total - (exponents[index] as number)) / positives;
      }
      if (term <= 0) continue;
      active += 1;
      sum += term;
      for (const [index, row] of others.entries()) {
        const share = Math.exp((exponents[index] as number) - total);
        const wanted = labels[row] === label ? 1 / positives : 0;
        weights[at + row] = (wanted - share) / temperature;
      }
    }
    const scale = shareOf(1, active);
    return {
      value: sum * scale,
      weights: weights.map((weight) => weight * scale),
      activeShare: shareOf(active, size),
    };
  };
}
