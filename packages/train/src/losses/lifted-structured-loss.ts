import { logAddExp, logSumExp } from './log-sum-exp.ts';
import type { LiftedStructuredConfig } from './metric-loss-config.ts';
import { shareOf, type PairLoss } from './pair-loss.ts';

/**
 * The lifted structured loss of {@link LiftedStructuredConfig}, in O(B^2): what a row's negatives
 * amount to is computed once per row and shared by all of its pairs.
 */
export function liftedStructuredLoss(config: LiftedStructuredConfig): PairLoss {
  const rowsOf = config.form === 'smooth' ? smoothRow : hardRow;
  const combine = config.form === 'smooth' ? logAddExp : Math.max;
  return (distances, labels) => {
    const size = labels.length;
    const weights = new Float64Array(size * size);
    const rows = labels.map((_, row) => rowsOf(distances, labels, row, config.margin));
    const through = new Float64Array(size);
    let pairs = 0;
    let active = 0;
    let sum = 0;
    for (let i = 0; i < size; i += 1) {
      for (let j = i + 1; j < size; j += 1) {
        if (labels[i] !== labels[j]) continue;
        pairs += 1;
        const [first, second] = [(rows[i] as Row).exponent, (rows[j] as Row).exponent];
        const both = combine(first, second);
        // -Infinity in a batch of one class: there is nothing to be apart from.
        const violation = both + (distances[i * size + j] as number);
        if (violation <= 0) continue;
        active += 1;
        sum += violation * violation;
        weights[i * size + j] = violation;
        // How much of the sum each of the two rows is; under `hard-max` the larger one is all of it.
        const part = config.form === 'smooth' ? Math.exp(first - both) : Number(first >= second);
        const rest = config.form === 'smooth' ? Math.exp(second - both) : 1 - part;
        through[i] = (through[i] as number) + violation * part;
        through[j] = (through[j] as number) + violation * rest;
      }
    }
    const scale = shareOf(1, pairs);
    for (const [index, weight] of weights.entries()) weights[index] = weight * scale;
    for (const [row, { shares }] of rows.entries()) {
      const pull = (through[row] as number) * scale;
      if (pull === 0) continue;
      for (const [other, share] of shares(pull)) weights[row * size + other] = -share;
    }
    return { value: (sum * scale) / 2, weights, activeShare: shareOf(active, pairs) };
  };
}

/** What the negatives of one row amount to. */
interface Row {
  /** Log of the sum of e^(margin - D), or the largest margin - D; -Infinity without negatives. */
  readonly exponent: number;
  /** Spreads `pull` over the negatives by how much of the exponent each of them is. */
  readonly shares: (pull: number) => Iterable<readonly [row: number, share: number]>;
}

function smoothRow(
  distances: Float64Array,
  labels: readonly number[],
  row: number,
  margin: number,
): Row {
  const negatives = negativesOf(labels, row);
  const exponents = negatives.map(
    (other) => margin - (distances[row * labels.length + other] as number),
  );
  const exponent = logSumExp(exponents);
  return {
    exponent,
    shares: (pull) =>
      negatives.map(
        (other, index) =>
          [other, pull * Math.exp((exponents[index] as number) - exponent)] as const,
      ),
  };
}

function hardRow(
  distances: Float64Array,
  labels: readonly number[],
  row: number,
  margin: number,
): Row {
  let nearest: number | undefined;
  let exponent = -Infinity;
  for (const other of negativesOf(labels, row)) {
    const own = margin - (distances[row * labels.length + other] as number);
    if (own <= exponent) continue;
    exponent = own;
    nearest = other;
  }
  return { exponent, shares: (pull) => (nearest === undefined ? [] : [[nearest, pull]]) };
}

function negativesOf(labels: readonly number[], row: number): number[] {
  const negatives: number[] = [];
  for (const [other, label] of labels.entries()) if (label !== labels[row]) negatives.push(other);
  return negatives;
}
