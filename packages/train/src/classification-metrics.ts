import { wilsonInterval, type Interval, createRandom } from '@isometry/core';

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
  /** Mean F1 of the classes that the split has; bootstrap interval. */
  readonly macroF1: Interval;
  /** In the order of the labels. */
  readonly classes: readonly ClassCount[];
}

/** Resamples of the bootstrap: the 2.5 % ends are then the 50th of 2,000 values. */
const RESAMPLES = 2000;
const LEVEL = 0.95;

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
  const confusion = countConfusion(predictions, truth, labels.length);
  const right = truth.filter((label, row) => predictions[row] === label).length;
  const [balanced, f1] = bootstrap(predictions, truth, labels.length);
  return {
    count: truth.length,
    accuracy: wilsonInterval(right, truth.length),
    balancedAccuracy: balanced,
    macroF1: f1,
    classes: labels.map((label, index) => ({
      label,
      ...countClass(confusion, index, labels.length),
    })),
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
  return summarise(countConfusion(predictions, truth, classes), classes)[0];
}

/** `[truth, prediction]`, row-major. */
function countConfusion(
  predictions: readonly number[],
  truth: readonly number[],
  classes: number,
): Float64Array {
  const counts = new Float64Array(classes * classes);
  for (const [row, label] of truth.entries()) {
    const at = label * classes + (predictions[row] as number);
    counts[at] = (counts[at] as number) + 1;
  }
  return counts;
}

function countClass(
  confusion: Float64Array,
  label: number,
  classes: number,
): Omit<ClassCount, 'label'> {
  let [count, taken] = [0, 0];
  for (let other = 0; other < classes; other += 1) {
    count += confusion[label * classes + other] as number;
    taken += confusion[other * classes + label] as number;
  }
  const correct = confusion[label * classes + label] as number;
  return { count, correct, mistaken: taken - correct };
}

/** Mean recall and mean F1 over the classes that occur. */
function summarise(confusion: Float64Array, classes: number): readonly [number, number] {
  let [recall, f1, present] = [0, 0, 0];
  for (let label = 0; label < classes; label += 1) {
    const { count, correct, mistaken } = countClass(confusion, label, classes);
    if (count === 0) continue;
    present += 1;
    recall += correct / count;
    f1 += (2 * correct) / (count + correct + mistaken);
  }
  return present === 0 ? [0, 0] : [recall / present, f1 / present];
}

/** Percentile bootstrap over images (Efron 1979), seeded. */
function bootstrap(
  predictions: readonly number[],
  truth: readonly number[],
  classes: number,
): readonly [Interval, Interval] {
  const random = createRandom(0, 'bootstrap');
  const draws: [number[], number[]] = [[], []];
  for (let draw = 0; draw < RESAMPLES; draw += 1) {
    const counts = new Float64Array(classes * classes);
    for (let image = 0; image < truth.length; image += 1) {
      const row = Math.floor(random.next() * truth.length);
      const at = (truth[row] as number) * classes + (predictions[row] as number);
      counts[at] = (counts[at] as number) + 1;
    }
    const [recall, f1] = summarise(counts, classes);
    draws[0].push(recall);
    draws[1].push(f1);
  }
  const values = summarise(countConfusion(predictions, truth, classes), classes);
  return [interval(values[0], draws[0]), interval(values[1], draws[1])];
}

function interval(value: number, draws: number[]): Interval {
  const sorted = draws.sort((a, b) => a - b);
  const at = (share: number): number =>
    sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? value;
  return {
    value,
    low: at((1 - LEVEL) / 2),
    high: at((1 + LEVEL) / 2),
    level: LEVEL,
    method: 'bootstrap',
  };
}
