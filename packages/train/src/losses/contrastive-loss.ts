import type { ContrastiveConfig } from './metric-loss-config.ts';
import { shareOf, type PairLoss } from './pair-loss.ts';

/** The contrastive loss of {@link ContrastiveConfig}. */
export function contrastiveLoss(config: ContrastiveConfig): PairLoss {
  const { margin, squared, factor, reduction } = config;
  return (distances, labels) => {
    const size = labels.length;
    const weights = new Float64Array(size * size);
    const positive = { sum: 0, active: 0 };
    const negative = { sum: 0, active: 0 };
    for (let i = 0; i < size; i += 1) {
      for (let j = i + 1; j < size; j += 1) {
        const index = i * size + j;
        const distance = distances[index] as number;
        const isPositive = labels[i] === labels[j];
        const violation = isPositive ? distance : margin - distance;
        if (violation <= 0) continue;
        const kind = isPositive ? positive : negative;
        kind.sum += squared ? violation * violation : violation;
        kind.active += 1;
        weights[index] = (squared ? 2 * violation : 1) * (isPositive ? 1 : -1);
      }
    }
    const pairs = (size * (size - 1)) / 2;
    const terms = {
      'sum-pairs': { positive: 1, negative: 1 },
      'mean-pairs': { positive: pairs, negative: pairs },
      'mean-active-pairs': { positive: positive.active, negative: negative.active },
    } satisfies Record<ContrastiveConfig['reduction'], unknown>;
    const scale = {
      positive: shareOf(1, terms[reduction].positive),
      negative: shareOf(1, terms[reduction].negative),
    };
    for (let i = 0; i < size; i += 1) {
      for (let j = i + 1; j < size; j += 1) {
        const own = labels[i] === labels[j] ? scale.positive : scale.negative;
        const index = i * size + j;
        weights[index] = (weights[index] as number) * own * factor;
      }
    }
    return {
      value: factor * (positive.sum * scale.positive + negative.sum * scale.negative),
      weights,
      activeShare: shareOf(positive.active + negative.active, pairs),
    };
  };
}
