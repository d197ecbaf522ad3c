import { logSumExp } from './log-sum-exp.ts';
import type { MultiSimilarityConfig } from './metric-loss-config.ts';
import { shareOf, type PairLoss } from './pair-loss.ts';

/** The multi-similarity loss of {@link MultiSimilarityConfig}, with or without its mining. */
export function multiSimilarityLoss(config: MultiSimilarityConfig): PairLoss {
  const { alpha, beta, base, mining, margin } = config;
  return (distances, labels) => {
    const size = labels.length;
    const weights = new Float64Array(size * size);
    let sum = 0;
    let counted = 0;
    for (const [anchor, label] of labels.entries()) {
      const at = anchor * size;
      const cosine = (row: number) => 1 - (distances[at + row] as number);
      const others = [...labels.keys()].filter((row) => row !== anchor);
      let positives = others.filter((row) => labels[row] === label);
      let negatives = others.filter((row) => labels[row] !== label);
      if (mining === 'multi-similarity') {
        const least = Math.min(...positives.map(cosine));
        const most = Math.max(...negatives.map(cosine));
        positives = positives.filter((row) => cosine(row) - margin < most);
        negatives = negatives.filter((row) => cosine(row) + margin > least);
      }
      counted += positives.length + negatives.length;
      const pull = positives.map((row) => -alpha * (cosine(row) - base));
      const push = negatives.map((row) => beta * (cosine(row) - base));
      // The 1 beside the sums is e^0.
      const pulled = logSumExp([0, ...pull]);
      const pushed = logSumExp([0, ...push]);
      sum += pulled / alpha + pushed / beta;
      for (const [index, row] of positives.entries()) {
        weights[at + row] = Math.exp((pull[index] as number) - pulled) / size;
      }
      for (const [index, row] of negatives.entries()) {
        weights[at + row] = -Math.exp((push[index] as number) - pushed) / size;
      }
    }
    return {
      value: shareOf(sum, size),
      weights,
      activeShare: shareOf(counted, size * (size - 1)),
    };
  };
}
