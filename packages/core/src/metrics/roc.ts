import { IsometryError } from '../errors.ts';
import { assertProbabilities, assertSameLength } from './assert-metric-input.ts';

/** How many of both kinds pass each threshold, as shares. */
export interface RocCurve {
  /** From 0 to 1. */
  readonly falsePositiveRate: number[];
  readonly truePositiveRate: number[];
  /** Scores that a positive reaches, falling; the first is `Infinity`: nothing passes. */
  readonly thresholds: number[];
}

export interface OneVsRestAuc {
  /** In the order of the classes; null where the class, or every other one, has no image. */
  readonly classes: (number | null)[];
  /** Mean of the classes; null when one of them is. */
  readonly macro: number | null;
  /** Mean by the classes' images; null when a class with images has none: all images are its own. */
  readonly weighted: number | null;
}

/**
 * scikit-learn's `roc_curve`: one point for every distinct score, without those that lie between equal steps.
 * @throws `OPTION_INVALID` when a score is not finite, or all images are of one kind
 */
export function rocCurve(scores: ArrayLike<number>, isPositive: readonly boolean[]): RocCurve {
  const steps = countSteps(scores, isPositive);
  const { positives, negatives } = steps.at(-1) ?? NOTHING;
  if (positives === 0 || negatives === 0) {
    throw new IsometryError('OPTION_INVALID', 'A ROC curve needs images of both kinds.', {
      details: { positives, negatives },
    });
  }
  const points = [NOTHING, ...steps.filter((_, at) => isCorner(steps, at))];
  return {
    falsePositiveRate: points.map((point) => point.negatives / negatives),
    truePositiveRate: points.map((point) => point.positives / positives),
    thresholds: points.map(({ threshold }) => threshold),
  };
}

/**
 * Area under the ROC curve: the chance that a positive scores above a negative, where a tie is half a chance.
 * It is counted in integers, so only its division rounds.
 *
 * @returns null when all images are of one kind
 * @throws `OPTION_INVALID` when a score is not finite
 */
export function rocAuc(scores: ArrayLike<number>, isPositive: readonly boolean[]): number | null {
  let before = NOTHING;
  let doubled = 0;
  for (const step of countSteps(scores, isPositive)) {
    doubled += (step.negatives - before.negatives) * (step.positives + before.positives);
    before = step;
  }
  const pairs = before.positives * before.negatives;
  return pairs === 0 ? null : doubled / (2 * pairs);
}

/**
 * Each class against all others, as scikit-learn's `roc_auc_score(multi_class='ovr')`, whose NaN is null here.
 * @param probabilities `[N, classes]`, row-major
 * @throws `OPTION_INVALID` when a probability is none
 */
export function rocAucOneVsRest(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
): OneVsRestAuc {
  assertProbabilities(probabilities, truth, classes);
  const own = Array.from(truth);
  const areas = Array.from({ length: classes }, (_, index) =>
    rocAuc(
      own.map((__, row) => probabilities[row * classes + index] as number),
      own.map((label) => label === index),
    ),
  );
  const supports = areas.map((_, index) => own.filter((label) => label === index).length);
  return {
    classes: areas,
    macro: average(
      areas,
      areas.map(() => 1),
    ),
    weighted: average(areas, supports),
  };
}

/** Null when one that has weight is null, or none has weight. */
function average(values: readonly (number | null)[], weights: readonly number[]): number | null {
  let [sum, total] = [0, 0];
  for (const [index, weight] of weights.entries()) {
    const value = values[index] ?? null;
    if (weight === 0) continue;
    if (value === null) return null;
    sum += weight * value;
    total += weight;
  }
  return total === 0 ? null : sum / total;
}

/** How many images of both kinds score `threshold` or more. */
interface Step {
  readonly positives: number;
  readonly negatives: number;
  readonly threshold: number;
}

const NOTHING: Step = { positives: 0, negatives: 0, threshold: Infinity };

/** A step for every distinct score, the highest first. */
function countSteps(scores: ArrayLike<number>, isPositive: readonly boolean[]): readonly Step[] {
  assertSameLength('Scores', scores.length, isPositive.length);
  const order = Uint32Array.from(isPositive, (_, row) => row);
  for (const row of order) assertFinite(scores[row] as number, row);
  order.sort((a, b) => (scores[b] as number) - (scores[a] as number));
  const steps: Step[] = [];
  let [positives, negatives] = [0, 0];
  for (const [at, row] of order.entries()) {
    if (isPositive[row] === true) positives += 1;
    else negatives += 1;
    const next = order[at + 1];
    const threshold = scores[row] as number;
    if (next !== undefined && scores[next] === threshold) continue;
    steps.push({ positives, negatives, threshold });
  }
  return steps;
}

/** Whether a step is not the same as the one after it: between two such a point draws nothing. */
function isCorner(steps: readonly Step[], at: number): boolean {
  const [before, own, after] = [steps[at - 1], steps[at] as Step, steps[at + 1]];
  if (before === undefined || after === undefined) return true;
  return (
    after.positives - own.positives !== own.positives - before.positives ||
    after.negatives - own.negatives !== own.negatives - before.negatives
  );
}

function assertFinite(score: number, row: number): void {
  if (Number.isFinite(score)) return;
  throw new IsometryError('OPTION_INVALID', `The score of row ${row} is ${score}.`, {
    details: { row, value: String(score) },
  });
}
