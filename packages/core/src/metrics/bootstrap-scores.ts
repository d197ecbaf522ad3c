import type { Interval } from '../manifest.ts';
import { wilsonInterval } from '../interval.ts';
import { assertClasses, assertSameLength } from './assert-metric-input.ts';
import { percentileInterval } from './bootstrap.ts';
import { drawRows, type BootstrapOptions } from './resample.ts';
import type { Steps } from './steps.ts';

/** Intervals of the scores of `scoreConfusion`. */
export interface ScoreIntervals {
  readonly accuracy: Interval;
  readonly balancedAccuracy: Interval;
  readonly macroF1: Interval;
  /** Of every class; null without images. */
  readonly recalls: readonly (Interval | null)[];
}

/**
 * The intervals of all scores from one set of draws, the same as of `bootstrapInterval` with the same options.
 *
 * A draw without images of a class has no recall of it: the interval is that of the other draws. A recall that is the same
 * in every draw, because its images are of one cluster or are all right or all wrong, has no width, though nobody knows it
 * exactly: it gets Wilson's interval with as many observations as the class has clusters.
 *
 * @yields the draws done
 * @throws `OPTION_INVALID` without images, or when the lists differ in length or hold what is no class
 */
export function* bootstrapScores(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
  options: BootstrapOptions = {},
): Steps<ScoreIntervals> {
  assertSameLength('Predictions', predicted.length, truth.length);
  assertClasses('The true class of row', truth, classes);
  assertClasses('The predicted class of row', predicted, classes);
  const count = truth.length;
  const tally = new Tally(Int32Array.from(truth), Int32Array.from(predicted), classes);
  const draws = drawRows(count, options);
  const accuracy: number[] = [];
  const balancedAccuracy: number[] = [];
  const macroF1: number[] = [];
  const recalls = Array.from({ length: classes }, (): number[] => []);
  for (const rows of draws) {
    tally.count(rows);
    accuracy.push(tally.accuracy());
    balancedAccuracy.push(tally.balancedAccuracy());
    macroF1.push(tally.macroF1());
    for (const [index, own] of recalls.entries()) {
      if (tally.support[index] !== 0) own.push(tally.recall(index));
    }
    yield accuracy.length;
  }
  tally.count(Int32Array.from({ length: count }, (_, row) => row));
  const interval = (value: number, own: readonly number[]): Interval =>
    percentileInterval(value, Float64Array.from(own), options);
  return {
    accuracy: interval(tally.accuracy(), accuracy),
    balancedAccuracy: interval(tally.balancedAccuracy(), balancedAccuracy),
    macroF1: interval(tally.macroF1(), macroF1),
    recalls: recalls.map((own, index) => {
      if (tally.support[index] === 0) return null;
      const value = tally.recall(index);
      const drawn = interval(value, own);
      if (drawn.low < drawn.high) return drawn;
      const independent = countClusters(truth, index, options.clusters);
      return { ...wilsonInterval(value * independent, independent), value };
    }),
  };
}

function countClusters(
  truth: ArrayLike<number>,
  label: number,
  clusters: ArrayLike<number> | undefined,
): number {
  const found = new Set<number>();
  for (let row = 0; row < truth.length; row += 1) {
    if (truth[row] === label) found.add(clusters === undefined ? row : (clusters[row] as number));
  }
  return found.size;
}

/** Scores of some rows, by the definitions and in the order of `scoreConfusion`: without its matrix, one pass over the rows. */
class Tally {
  readonly #truth: Int32Array;
  readonly #predicted: Int32Array;
  readonly #right: Int32Array;
  readonly #taken: Int32Array;
  readonly support: Int32Array;
  #images = 0;

  constructor(truth: Int32Array, predicted: Int32Array, classes: number) {
    this.#truth = truth;
    this.#predicted = predicted;
    this.#right = new Int32Array(classes);
    this.#taken = new Int32Array(classes);
    this.support = new Int32Array(classes);
  }

  count(rows: Int32Array): void {
    const [right, taken, support] = [this.#right, this.#taken, this.support];
    for (const counts of [right, taken, support]) counts.fill(0);
    for (let at = 0; at < rows.length; at += 1) {
      const row = rows[at] as number;
      const own = this.#truth[row] as number;
      const other = this.#predicted[row] as number;
      support[own] = (support[own] as number) + 1;
      taken[other] = (taken[other] as number) + 1;
      if (own === other) right[own] = (right[own] as number) + 1;
    }
    this.#images = rows.length;
  }

  accuracy(): number {
    return this.#right.reduce((sum, right) => sum + right, 0) / this.#images;
  }

  recall(index: number): number {
    return (this.#right[index] as number) / (this.support[index] as number);
  }

  balancedAccuracy(): number {
    let [sum, classes] = [0, 0];
    for (let index = 0; index < this.support.length; index += 1) {
      if (this.support[index] === 0) continue;
      sum += this.recall(index);
      classes += 1;
    }
    return sum / classes;
  }

  macroF1(): number {
    let [sum, classes] = [0, 0];
    for (let index = 0; index < this.support.length; index += 1) {
      const both = (this.support[index] as number) + (this.#taken[index] as number);
      if (both === 0) continue;
      sum += (2 * (this.#right[index] as number)) / both;
      classes += 1;
    }
    return sum / classes;
  }
}
