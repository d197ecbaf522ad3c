import type { ActivationHistogram } from './activation-histogram.ts';

/**
 * How the range of an activation is chosen from what it was on the calibration images:
 * - `minmax`: all of it;
 * - `percentile`: without the outermost values on either side;
 * - `mse`: where the mean squared error of rounding and clipping together is least;
 * - `entropy`: where the Kullback-Leibler divergence of the rounded distribution is least (S. Migacz 2017, TensorRT).
 */
export type CalibrationMethod = 'minmax' | 'percentile' | 'mse' | 'entropy';

/** The values that 8 bits are spread over. Zero is among them: padding, and what ReLU gives, are exact. */
export interface ActivationRange {
  /** 0 or below. */
  readonly low: number;
  /** 0 or above. */
  readonly high: number;
}

/** Steps between the ends of a range of 8 bits. */
export const LEVELS = 255;

/** How many ranges `mse` and `entropy` try on a side: steps of 1 %. */
const CANDIDATES = 100;

/** Chooses the range of one activation. `percentile` is in per cent, and of that method only. */
export function chooseRange(
  histogram: ActivationHistogram,
  method: CalibrationMethod,
  percentile: number,
): ActivationRange {
  const whole = {
    low: Math.min(0, histogram.minimum),
    high: Math.max(0, histogram.maximum),
  };
  if (histogram.width === 0) return whole;
  const { positive, negative, width } = histogram;
  const beyond = histogram.count * (1 - percentile / 100);
  const choices: Readonly<Record<CalibrationMethod, () => ActivationRange>> = {
    minmax: () => whole,
    percentile: () => ({
      low: Math.max(whole.low, -edgeBelow(negative, beyond) * width),
      high: Math.min(whole.high, edgeBelow(positive, beyond) * width),
    }),
    mse: () => leastError(histogram, whole),
    entropy: () => leastDivergence(histogram, whole),
  };
  return choices[method]();
}

/** The lowest bin edge with at most `beyond` values above it. */
function edgeBelow(bins: Float64Array, beyond: number): number {
  let above = 0;
  for (let bin = bins.length - 1; bin >= 0; bin -= 1) {
    above += bins[bin] as number;
    if (above > beyond) return bin + 1;
  }
  return 0;
}

/** Both ends are drawn in alternately, each to its best place for the other. */
function leastError(histogram: ActivationHistogram, whole: ActivationRange): ActivationRange {
  const { positive, negative, width, count, zeros } = histogram;
  let { low, high } = whole;
  const error = (range: ActivationRange): number => {
    // Rounding a value inside, evenly distributed, costs a twelfth of a step squared.
    const step = (range.high - range.low) / LEVELS;
    return (
      ((count - zeros) * step ** 2) / 12 +
      clippingError(positive, range.high, width) +
      clippingError(negative, -range.low, width)
    );
  };
  for (let round = 0; round < 3; round += 1) {
    const before = low + high;
    high = best(whole.high, (end) => error({ low, high: end }));
    low = -best(-whole.low, (end) => error({ low: -end, high }));
    if (low + high === before) break;
  }
  return { low, high };
}

/** The squared error of the values above `end`, each taken for the middle of its bin. */
function clippingError(bins: Float64Array, end: number, width: number): number {
  let sum = 0;
  for (let bin = Math.ceil(end / width - 0.5); bin < bins.length; bin += 1) {
    sum += (bins[bin] as number) * ((bin + 0.5) * width - end) ** 2;
  }
  return sum;
}

/** The share of `whole`, in steps of 1 %, with the least cost; the largest of equal ones. */
function best(whole: number, cost: (end: number) => number): number {
  if (whole === 0) return 0;
  let [end, least] = [whole, Infinity];
  for (let step = CANDIDATES; step > 0; step -= 1) {
    const candidate = (whole * step) / CANDIDATES;
    const found = cost(candidate);
    if (found < least) [end, least] = [candidate, found];
  }
  return end;
}

/** Each side by itself, with its share of the levels. */
function leastDivergence(histogram: ActivationHistogram, whole: ActivationRange): ActivationRange {
  const { positive, negative, width } = histogram;
  const side = (bins: Float64Array, end: number): number => {
    const levels = Math.max(1, Math.round((LEVELS * end) / (whole.high - whole.low)));
    return best(end, (candidate) => divergence(bins, Math.ceil(candidate / width), levels));
  };
  return { low: -side(negative, -whole.low), high: side(positive, whole.high) };
}

/**
 * The divergence of the first `length` bins (what lies above is counted to the last) from the same in `levels` steps,
 * each spread evenly over its bins that are not empty.
 */
function divergence(bins: Float64Array, length: number, levels: number): number {
  const used = Math.min(length, bins.length);
  if (used === 0) return Infinity;
  const reference = bins.slice(0, used);
  let total = 0;
  for (const [bin, value] of bins.entries()) {
    total += value;
    if (bin >= used) reference[used - 1] = (reference[used - 1] as number) + value;
  }
  let sum = 0;
  for (let level = 0; level < levels; level += 1) {
    const [start, end] = [
      Math.floor((level * used) / levels),
      Math.floor(((level + 1) * used) / levels),
    ];
    let [inside, filled] = [0, 0];
    for (let bin = start; bin < end; bin += 1) {
      inside += bins[bin] as number;
      if ((reference[bin] as number) > 0) filled += 1;
    }
    // Where the outliers alone are, the rounded distribution has nothing: as little as one value in a thousand.
    const spread = Math.max(inside, 1e-3) / Math.max(1, filled);
    for (let bin = start; bin < end; bin += 1) {
      const share = reference[bin] as number;
      if (share > 0) sum += share * Math.log(share / spread);
    }
  }
  return sum / total;
}
