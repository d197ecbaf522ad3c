/** More classes than this no page shows legibly. */
export const LARGEST_MATRIX = 44;
/** What stands for the classes that are not shown. */
export const OTHER_CLASSES = 'the other classes';

export interface FoldedMatrix {
  readonly labels: readonly string[];
  readonly matrix: readonly (readonly number[])[];
}

/** Of too many classes, those with the most mistakes in their order, and all others as one last class. */
export function foldClasses(
  labels: readonly string[],
  matrix: readonly (readonly number[])[],
): FoldedMatrix {
  if (labels.length <= LARGEST_MATRIX) return { labels, matrix };
  const mistakes = labels.map(() => 0);
  matrix.forEach((row, truth) =>
    row.forEach((count, predicted) => {
      if (truth === predicted) return;
      (mistakes[truth] as number) += count;
      (mistakes[predicted] as number) += count;
    }),
  );
  const kept = labels
    .map((_, index) => index)
    .sort((a, b) => (mistakes[b] as number) - (mistakes[a] as number) || a - b)
    .slice(0, LARGEST_MATRIX - 1)
    .sort((a, b) => a - b);
  const place = new Map(kept.map((index, at) => [index, at]));
  const other = kept.length;
  const folded = Array.from({ length: other + 1 }, () => new Array<number>(other + 1).fill(0));
  matrix.forEach((row, truth) =>
    row.forEach((count, predicted) => {
      const cells = folded[place.get(truth) ?? other] as number[];
      (cells[place.get(predicted) ?? other] as number) += count;
    }),
  );
  return {
    labels: [...kept.map((index) => labels[index] as string), OTHER_CLASSES],
    matrix: folded,
  };
}
