import { IsometryError } from '../errors.ts';

/** Precision, recall and their harmonic mean, 0 to 1. */
export interface PrecisionRecall {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export interface ClassScores extends PrecisionRecall {
  /** Images of the class. */
  readonly support: number;
  /** Images taken for it. */
  readonly predicted: number;
}

export interface ClassificationScores {
  readonly accuracy: number;
  /** Mean recall of the classes that have images. */
  readonly balancedAccuracy: number;
  /** Mean over the classes that occur, in truth or in predictions. */
  readonly macro: PrecisionRecall;
  /** Mean over the images: classes count by their support. */
  readonly weighted: PrecisionRecall;
  /** In the order of the matrix. */
  readonly classes: readonly ClassScores[];
}

/**
 * Scores a confusion matrix by scikit-learn's definitions with `zero_division=0`: what is 0 / 0 is 0,
 * and so is every score of a matrix without images.
 *
 * @param matrix `matrix[truth][predicted]`, counts
 * @throws `OPTION_INVALID` unless it is square and counts
 */
export function scoreConfusion(matrix: readonly (readonly number[])[]): ClassificationScores {
  assertMatrix(matrix);
  const classes = matrix.map((_, index) => scoreClass(matrix, index));
  const inTruth = classes.filter(({ support }) => support > 0);
  const occurring = classes.filter(({ support, predicted }) => support > 0 || predicted > 0);
  const images = classes.reduce((sum, { support }) => sum + support, 0);
  const right = matrix.reduce((sum, row, index) => sum + (row[index] as number), 0);
  return {
    accuracy: divide(right, images),
    balancedAccuracy: mean(inTruth, ({ recall }) => recall),
    macro: summarise((score) => mean(occurring, score)),
    weighted: summarise((score) =>
      divide(
        classes.reduce((sum, own) => sum + score(own) * own.support, 0),
        images,
      ),
    ),
    classes,
  };
}

function scoreClass(matrix: readonly (readonly number[])[], index: number): ClassScores {
  const correct = matrix[index]?.[index] as number;
  const support = (matrix[index] as readonly number[]).reduce((sum, count) => sum + count, 0);
  const predicted = matrix.reduce((sum, row) => sum + (row[index] as number), 0);
  return {
    precision: divide(correct, predicted),
    recall: divide(correct, support),
    f1: divide(2 * correct, support + predicted),
    support,
    predicted,
  };
}

type Score = (scores: PrecisionRecall) => number;

function summarise(average: (score: Score) => number): PrecisionRecall {
  return {
    precision: average(({ precision }) => precision),
    recall: average(({ recall }) => recall),
    f1: average(({ f1 }) => f1),
  };
}

function mean(classes: readonly ClassScores[], score: Score): number {
  return divide(
    classes.reduce((sum, own) => sum + score(own), 0),
    classes.length,
  );
}

/** `zero_division=0`. */
function divide(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}

function assertMatrix(matrix: readonly (readonly number[])[]): void {
  const isSquare = matrix.every((row) => row.length === matrix.length);
  if (isSquare && matrix.every((row) => row.every((count) => count >= 0 && count < Infinity))) {
    return;
  }
  throw new IsometryError('OPTION_INVALID', 'A confusion matrix is square and holds counts.', {
    hint: 'Make it with confusionMatrix().',
    details: { rows: matrix.length, columns: matrix.map(({ length }) => length) },
  });
}
