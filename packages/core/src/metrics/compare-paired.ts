import type { Interval } from '../manifest.ts';
import { assertSameLength } from './assert-metric-input.ts';
import { percentileInterval } from './bootstrap.ts';
import { resample, type BootstrapOptions, type Statistic } from './resample.ts';

export interface McNemarResult {
  /** Images that A alone has right. */
  readonly onlyA: number;
  readonly onlyB: number;
  /** How often two equally good models would differ as much or more. */
  readonly pValue: number;
}

export interface PairedDifference {
  /** A less B. */
  readonly difference: Interval;
  readonly pValue: number;
}

/**
 * McNemar's test whether two models are right equally often on the same images: exact binomial, two-sided
 * (Q. McNemar 1947; scipy's `binomtest(onlyA, onlyA + onlyB)`). Images that both have right or wrong say nothing.
 * It takes images for independent: where they come in clusters, use {@link pairedBootstrap}.
 *
 * @throws `OPTION_INVALID` when the lists differ in length
 */
export function mcnemar(rightA: readonly boolean[], rightB: readonly boolean[]): McNemarResult {
  assertSameLength('Model B', rightB.length, rightA.length);
  let [onlyA, onlyB] = [0, 0];
  for (const [row, isRight] of rightA.entries()) {
    if (isRight === rightB[row]) continue;
    if (isRight) onlyA += 1;
    else onlyB += 1;
  }
  const fewer = Math.min(onlyA, onlyB);
  return { onlyA, onlyB, pValue: Math.min(1, 2 * lowerTail(fewer, onlyA + onlyB)) };
}

/** The chance of at most `most` heads in `tosses` of a fair coin: counted in whole numbers, rounded once. */
function lowerTail(most: number, tosses: number): number {
  let [ways, sum] = [1n, 1n];
  for (let heads = 1; heads <= most; heads += 1) {
    ways = (ways * BigInt(tosses - heads + 1)) / BigInt(heads);
    sum += ways;
  }
  // The leading 64 bits or a few more; a double holds 53.
  const rest = Math.max(0, 4 * sum.toString(16).length - 68);
  return Number(sum >> BigInt(rest)) * 2 ** (rest - tosses);
}

/**
 * Compares a statistic of two models on the same images: both are measured on the same draws, so that what is
 * easy or hard for both falls out. The p-value is twice the smaller share of draws on which A is not better, or
 * not worse, with one such draw added (A. Davison and D. Hinkley 1997). Models that are equal on every draw have 1.
 *
 * @throws `OPTION_INVALID` without images, or when a statistic is not finite
 */
export function pairedBootstrap(
  count: number,
  statisticA: Statistic,
  statisticB: Statistic,
  options: BootstrapOptions = {},
): PairedDifference {
  const { value, draws } = resample(count, (rows) => statisticA(rows) - statisticB(rows), options);
  const [notAbove, notBelow] = [
    draws.filter((difference) => difference <= 0).length,
    draws.filter((difference) => difference >= 0).length,
  ];
  const pValue = Math.min(1, (2 * (1 + Math.min(notAbove, notBelow))) / (1 + draws.length));
  return { difference: percentileInterval(value, draws, options), pValue };
}
