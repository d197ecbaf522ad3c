import {
  bootstrapScores,
  confusionMatrix,
  runSteps,
  scoreConfusion,
  wilsonInterval,
  type Interval,
} from '@isometry/core';

/** How many images of one class there were, and how many were classified right. */
export interface ClassCount {
  readonly label: string;
  readonly count: number;
  readonly correct: number;
  /** Images of other classes that were taken for this one. */
  readonly mistaken: number;
}

/** What a classifier does on one split. */
export interface SplitMetrics {
  readonly count: number;
  /** Share of the images that are right; Wilson interval. */
  readonly accuracy: Interval;
  /** Mean recall of the classes that the split has; bootstrap interval. */
  readonly balancedAccuracy: Interval;
  /** Mean F1 of the classes that the split has or that were predicted; bootstrap interval. */
  readonly macroF1: Interval;
  /** In the order of the labels. */
  readonly classes: readonly ClassCount[];
}

/**
 * Measures a classifier: the largest logit wins, the first of equal ones, as in `topK`.
 * @param logits `[N, C]`, row-major
 */
export function measureClassifier(
  logits: Float64Array | Float32Array,
  truth: readonly number[],
  labels: readonly string[],
): SplitMetrics {
  const predictions = predictClasses(logits, labels.length);
  const confusion = confusionMatrix(truth, predictions, labels.length);
  const right = confusion.reduce((sum, row, index) => sum + (row[index] as number), 0);
  const intervals = runSteps(bootstrapScores(truth, predictions, labels.length));
  return {
    count: truth.length,
    accuracy: wilsonInterval(right, truth.length),
    balancedAccuracy: intervals.balancedAccuracy,
    macroF1: intervals.macroF1,
    classes: scoreConfusion(confusion).classes.map(({ support, predicted }, index) => {
      const correct = confusion[index]?.[index] as number;
      return {
        label: labels[index] as string,
        count: support,
        correct,
        mistaken: predicted - correct,
      };
    }),
  };
}

/** @returns the class of every row's largest logit */
export function predictClasses(logits: Float64Array | Float32Array, classes: number): number[] {
  return Array.from({ length: logits.length / classes }, (_, row) => {
    const own = logits.subarray(row * classes, (row + 1) * classes);
    return own.indexOf(Math.max(...own));
  });
}

/** Mean over the classes that occur of the share of their images that are right, 0 to 1. */
export function balancedAccuracy(
  predictions: readonly number[],
  truth: readonly number[],
  classes: number,
): number {
  return scoreConfusion(confusionMatrix(truth, predictions, classes)).balancedAccuracy;
}
