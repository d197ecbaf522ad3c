import { logSumExp } from './log-sum-exp.ts';
import type { GeneralizedLiftedConfig } from './metric-loss-config.ts';
import { shareOf, type PairLoss } from './pair-loss.ts';

/** The generalized lifted structured loss of {@link GeneralizedLiftedConfig}. */
export function generalizedLiftedLoss({ margin }: GeneralizedLiftedConfig): PairLoss {
  return (distances, labels) => {
    const size = labels.length;
    const weights = new Float64Array(size * size);
    let sum = 0;
    let active = 0;
    for (const [anchor, label] of labels.entries()) {
      const at = anchor * size;
      const pulls = exponentsOf(labels, anchor, (row) =>
        labels[row] === label ? distances[at + row] : undefined,
      );
      const pushes = exponentsOf(labels, anchor, (row) =>
        labels[row] === label ? undefined : margin - (distances[at + row] as number),
      );
      const [pull, push] = [pulls, pushes].map(({ total }) => (total === -Infinity ? 0 : total));
      const violation = (pull as number) + (push as number);
      if (violation <= 0) continue;
      active += 1;
      sum += violation;
      for (const [row, exponent] of pulls.of) {
        weights[at + row] = Math.exp(exponent - pulls.total) / size;
      }
      for (const [row, exponent] of pushes.of) {
        weights[at + row] = -Math.exp(exponent - pushes.total) / size;
      }
    }
    return { value: shareOf(sum, size), weights, activeShare: shareOf(active, size) };
  };
}

function exponentsOf(
  labels: readonly number[],
  anchor: number,
  exponentOf: (row: number) => number | undefined,
): { of: readonly (readonly [row: number, exponent: number])[]; total: number } {
  const of: (readonly [number, number])[] = [];
  for (const row of labels.keys()) {
    const exponent = row === anchor ? undefined : exponentOf(row);
    if (exponent !== undefined) of.push([row, exponent]);
  }
  return { of, total: logSumExp(of.map(([, exponent]) => exponent)) };
}
