import { wilsonInterval, type Interval } from '@isometry/core';

/** How many images of one class there were, and how many were classified right. */
export interface ClassCount {
  readonly label: string;
  readonly count: number;
  readonly correct: number;
}

/** Accuracy on one split. */
export interface SplitMetrics {
  readonly count: number;
  readonly accuracy: Interval;
  /** In the order of the labels. */
  readonly classes: readonly ClassCount[];
}

/**
 * Counts the rows whose largest logit is at their class (the first of equal ones, as in `topK`).
 * @param logits `[N, C]`, row-major
 */
export function measureAccuracy(
  logits: Float64Array,
  truth: readonly number[],
  labels: readonly string[],
): SplitMetrics {
  const size = labels.length;
  const correct = new Array<number>(size).fill(0);
  const counts = new Array<number>(size).fill(0);
  for (const [row, label] of truth.entries()) {
    const own = logits.subarray(row * size, (row + 1) * size);
    counts[label] = (counts[label] as number) + 1;
    if (own.indexOf(Math.max(...own)) === label) correct[label] = (correct[label] as number) + 1;
  }
  const right = correct.reduce((sum, value) => sum + value, 0);
  return {
    count: truth.length,
    accuracy: wilsonInterval(right, truth.length),
    classes: labels.map((label, index) => ({
      label,
      count: counts[index] as number,
      correct: correct[index] as number,
    })),
  };
}
