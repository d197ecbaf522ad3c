import { assertClasses, assertSameLength } from './assert-metric-input.ts';

/**
 * Counts which class was taken for which: `matrix[truth][predicted]`, as scikit-learn's `confusion_matrix`.
 * @throws `OPTION_INVALID` when the lists differ in length or hold what is no class
 */
export function confusionMatrix(
  truth: ArrayLike<number>,
  predicted: ArrayLike<number>,
  classes: number,
): number[][] {
  assertSameLength('Predictions', predicted.length, truth.length);
  assertClasses('The true class of row', truth, classes);
  assertClasses('The predicted class of row', predicted, classes);
  const matrix = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < truth.length; row += 1) {
    const counts = matrix[truth[row] as number] as number[];
    const column = predicted[row] as number;
    counts[column] = (counts[column] as number) + 1;
  }
  return matrix;
}

/** Shares of each class's images; the row of a class without images stays 0, as with `normalize='true'`. */
export function normaliseRows(matrix: readonly (readonly number[])[]): number[][] {
  return matrix.map((row) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count) => (total === 0 ? 0 : count / total));
  });
}
