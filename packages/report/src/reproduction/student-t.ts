import type { Interval } from '@isometry/core';

/** Halvings of an interval: more than a double has bits. */
const HALVINGS = 64;

/**
 * The value that Student's t exceeds, to either side, in one of 20 cases: its 97.5th percentile, solved from the closed form of
 * its distribution for whole degrees of freedom (M. Abramowitz and I. Stegun 1964, 26.7.3 and 26.7.4).
 * @param freedom degrees of freedom, a positive integer
 */
export function studentT975(freedom: number): number {
  let [low, high] = [0, Math.PI / 2];
  for (let step = 0; step < HALVINGS; step += 1) {
    const middle = (low + high) / 2;
    if (shareWithin(middle, freedom) < 0.95) low = middle;
    else high = middle;
  }
  return Math.tan(low) * Math.sqrt(freedom);
}

/** How often |t| is at most tan(angle) * sqrt(freedom). */
function shareWithin(angle: number, freedom: number): number {
  const [sine, cosine] = [Math.sin(angle), Math.cos(angle)];
  const isOdd = freedom % 2 === 1;
  let term = isOdd ? cosine : 1;
  let series = 0;
  for (let at = isOdd ? 3 : 2; at <= freedom; at += 2) {
    series += term;
    term *= (cosine * cosine * (at - 1)) / at;
  }
  return isOdd ? (2 / Math.PI) * (angle + sine * series) : sine * series;
}

/**
 * The mean of one value a seed, with the interval that other seeds would give: mean ± t · sd / √n, 95 %.
 * @returns null with less than two seeds, which say nothing of others
 */
export function intervalOverSeeds(values: readonly number[]): Interval | null {
  const count = values.length;
  if (count < 2) return null;
  const value = sum(values) / count;
  const variance = sum(values.map((own) => (own - value) ** 2)) / (count - 1);
  const reach = studentT975(count - 1) * Math.sqrt(variance / count);
  return {
    value,
    low: value - reach,
    high: value + reach,
    level: 0.95,
    method: 'student t over seeds',
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
