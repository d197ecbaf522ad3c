import type { ContrastiveConfig, MetricLossConfig, TripletConfig } from './metric-loss-config.ts';

/** Rows of a batch, float64. */
export type Rows = readonly (readonly number[])[];

/** A loss by nested loops, and what its hinges, choices and counts were: where they change, it has a kink or a jump. */
export interface NaiveLoss {
  readonly value: number;
  readonly decisions: string;
}

/** The formulas of metric-loss-config.ts as they stand there, sharing nothing with the code under test. */
export function naiveLoss(
  config: MetricLossConfig,
  rows: Rows,
  labels: readonly number[],
): NaiveLoss {
  const measure = config.distance === 'cosine' ? cosineDistance : euclidean;
  const table = rows.map((a) => rows.map((b) => measure(a, b)));
  const far = (i: number, j: number): number => table[i]?.[j] as number;
  const all = [...rows.keys()];
  const positives = all.map((a) => all.filter((p) => p !== a && labels[p] === labels[a]));
  const negatives = all.map((a) => all.filter((n) => labels[n] !== labels[a]));
  const positivesOf = (a: number): readonly number[] => positives[a] as number[];
  const negativesOf = (a: number): readonly number[] => negatives[a] as number[];
  const batch = { all, far, positivesOf, negativesOf };
  switch (config.name) {
    case 'contrastive':
      return contrastive(batch, config);
    case 'triplet':
      return triplet(batch, config);
    case 'lifted-structured': {
      const terms: number[] = [];
      const hardest: number[] = [];
      for (const i of all) {
        for (const j of positivesOf(i).filter((row) => row > i)) {
          const exponents = [
            ...negativesOf(i).map((k) => config.margin - far(i, k)),
            ...negativesOf(j).map((l) => config.margin - far(j, l)),
          ];
          const together = config.form === 'smooth' ? logSum(exponents) : Math.max(...exponents);
          terms.push(relu(together + far(i, j)));
          if (config.form === 'hard-max') hardest.push(exponents.indexOf(together));
        }
      }
      return {
        value: ratio(sum(terms.map((term) => term ** 2)), 2 * terms.length),
        decisions: `${signs(terms)} ${hardest.join(' ')}`,
      };
    }
    case 'generalized-lifted': {
      const terms = all.map((a) => {
        const pull = logSum(positivesOf(a).map((p) => far(a, p)));
        const push = logSum(negativesOf(a).map((n) => config.margin - far(a, n)));
        return relu((pull === -Infinity ? 0 : pull) + (push === -Infinity ? 0 : push));
      });
      return { value: ratio(sum(terms), terms.length), decisions: signs(terms) };
    }
    case 'multi-similarity': {
      const { alpha, beta, base, margin, mining } = config;
      const decisions: number[][] = [];
      const terms = all.map((a) => {
        const cosine = (row: number) => 1 - far(a, row);
        const isMined = mining === 'multi-similarity';
        const pulled = positivesOf(a).filter(
          (p) => !isMined || negativesOf(a).some((n) => cosine(p) < cosine(n) + margin),
        );
        const pushed = negativesOf(a).filter(
          (n) => !isMined || positivesOf(a).some((p) => cosine(n) > cosine(p) - margin),
        );
        decisions.push(pulled, pushed);
        return (
          Math.log(1 + sum(pulled.map((p) => Math.exp(-alpha * (cosine(p) - base))))) / alpha +
          Math.log(1 + sum(pushed.map((n) => Math.exp(beta * (cosine(n) - base))))) / beta
        );
      });
      return { value: ratio(sum(terms), terms.length), decisions: JSON.stringify(decisions) };
    }
    default: {
      const hasPositives = all.some((a) => positivesOf(a).length > 0);
      const hasNegatives = all.some((a) => negativesOf(a).length > 0);
      if (!hasPositives || !hasNegatives) return { value: 0, decisions: '' };
      const terms = all
        .filter((a) => positivesOf(a).length > 0)
        .map((a) => {
          const power = (row: number) => Math.exp((1 - far(a, row)) / config.temperature);
          const total = sum(all.filter((row) => row !== a).map(power));
          const logs = positivesOf(a).map((p) => Math.log(power(p) / total));
          return -sum(logs) / logs.length;
        });
      const active = terms.filter((term) => term > 0);
      return { value: ratio(sum(active), active.length), decisions: signs(terms) };
    }
  }
}

interface Batch {
  readonly all: readonly number[];
  readonly far: (i: number, j: number) => number;
  readonly positivesOf: (anchor: number) => readonly number[];
  readonly negativesOf: (anchor: number) => readonly number[];
}

function contrastive(
  { all, far, positivesOf, negativesOf }: Batch,
  config: ContrastiveConfig,
): NaiveLoss {
  const term = (violation: number) => relu(violation) ** (config.squared ? 2 : 1);
  const pairs = (others: (row: number) => readonly number[]) =>
    all.flatMap((i) =>
      others(i)
        .filter((j) => j > i)
        .map((j) => [i, j] as const),
    );
  const positive = pairs(positivesOf).map(([i, j]) => term(far(i, j)));
  const negative = pairs(negativesOf).map(([i, j]) => term(config.margin - far(i, j)));
  const decisions = signs([...positive, ...negative]);
  const value = {
    'sum-pairs': () => sum([...positive, ...negative]),
    'mean-pairs': () => mean([...positive, ...negative]),
    'mean-active-pairs': () =>
      mean(positive.filter((own) => own > 0)) + mean(negative.filter((own) => own > 0)),
  }[config.reduction]();
  // A duplicate is no kink of a squared or averaged term; it is one where active terms are counted.
  const isCounted = config.reduction === 'mean-active-pairs';
  return { value: config.factor * value, decisions: isCounted ? decisions : signs(negative) };
}

function triplet({ all, far, positivesOf, negativesOf }: Batch, config: TripletConfig): NaiveLoss {
  const own = (i: number, j: number) => far(i, j) ** (config.squared ? 2 : 1);
  const triplets: (readonly [number, number, number])[] = [];
  for (const a of all) {
    const [positives, negatives] = [positivesOf(a), negativesOf(a)];
    if (positives.length === 0 || negatives.length === 0) continue;
    const byDistance = (rows: readonly number[]) => rows.toSorted((x, y) => own(a, x) - own(a, y));
    if (config.mining === 'hard') {
      triplets.push([
        a,
        byDistance(positives).at(-1) as number,
        byDistance(negatives)[0] as number,
      ]);
      continue;
    }
    for (const p of positives) {
      const beyond = negatives.filter((n) => own(a, n) > own(a, p));
      let chosen = negatives;
      if (config.mining === 'semi-hard') {
        chosen = [byDistance(beyond)[0] ?? (byDistance(negatives).at(-1) as number)];
      } else if (config.mining === 'semi-hard-all') {
        chosen = beyond.filter((n) => own(a, n) < own(a, p) + config.margin);
      }
      for (const n of chosen) triplets.push([a, p, n]);
    }
  }
  const terms = triplets.map(([a, p, n]) => relu(own(a, p) - own(a, n) + config.margin));
  const value = {
    'sum-triplets': () => sum(terms),
    'mean-triplets': () => mean(terms),
    'mean-active-triplets': () => mean(terms.filter((term) => term > 0)),
  }[config.reduction]();
  return {
    value: config.factor * value,
    decisions: `${signs(terms)} ${config.mining === 'all' ? '' : triplets.join(' ')}`,
  };
}

function euclidean(a: readonly number[], b: readonly number[]): number {
  let squares = 0;
  for (const [axis, value] of a.entries()) squares += (value - (b[axis] as number)) ** 2;
  return Math.sqrt(squares);
}

function cosineDistance(a: readonly number[], b: readonly number[]): number {
  const norms = Math.hypot(...a) * Math.hypot(...b);
  return norms === 0 ? 1 : 1 - sum(a.map((value, axis) => value * (b[axis] as number))) / norms;
}

/** Shifted by the largest: at scale 1e3 every e^x is 0 in float64 too. */
function logSum(exponents: readonly number[]): number {
  const largest = Math.max(...exponents);
  if (largest === -Infinity) return -Infinity;
  return largest + Math.log(sum(exponents.map((exponent) => Math.exp(exponent - largest))));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function ratio(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function mean(values: readonly number[]): number {
  return ratio(sum(values), values.length);
}

function relu(value: number): number {
  return Math.max(0, value);
}

function signs(terms: readonly number[]): string {
  return terms.map((term) => (term > 0 ? '+' : '0')).join('');
}
