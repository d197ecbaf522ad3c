import { IsometryError } from '@isometry/core';
import { foldClasses, LARGEST_MATRIX, OTHER_CLASSES } from './fold-classes.ts';
import { assertFigureId, type Figure } from './figure.ts';
import { cleanLabel } from './label-text.ts';
import { matrixSpec } from './matrix-spec.ts';
import { messageFigure } from './message-figure.ts';
import { countOf, countText, percentText } from './number-text.ts';

export interface ConfusionMatrixFigureOptions {
  readonly id?: string;
  readonly title?: string;
  /** One per row and column. */
  readonly labels: readonly string[];
  /** Counts: a row per true class, a column per predicted one. */
  readonly matrix: readonly (readonly number[])[];
}

/** The description names at most this many classes one by one. */
const DESCRIBED = 12;

/** Counts, and the colour of each row's shares: the diagonal is what was recognised. */
export function confusionMatrixFigure(options: ConfusionMatrixFigureOptions): Figure {
  const { id = 'confusion-matrix', title = 'Confusion matrix', labels, matrix } = options;
  assertFigureId(id);
  assertMatrix(labels, matrix);
  const images = sum(matrix.map(sum));
  if (images === 0) {
    return messageFigure({ id, title }, 'No image was classified: no confusion to show.');
  }
  const shown = foldClasses(labels, matrix);
  const { hasCounts, spec } = matrixSpec(shown.labels, shown.matrix);
  return {
    id,
    title,
    caption: [
      `${countOf(images, 'image')} of ${countOf(labels.length, 'class', 'classes')}: rows are the true class`,
      '(with its number of images), columns the predicted one. Colour is the share of the row.',
      ...(hasCounts ? ['An empty cell is 0.'] : []),
      ...(labels.length > LARGEST_MATRIX
        ? [
            `The ${shown.labels.length - 1} classes with the most mistakes; ${OTHER_CLASSES} are one.`,
          ]
        : []),
    ].join(' '),
    description: describe(labels, matrix),
    spec,
  };
}

function describe(labels: readonly string[], matrix: readonly (readonly number[])[]): string {
  const images = sum(matrix.map(sum));
  const right = sum(matrix.map((row, index) => row[index] as number));
  const classes = labels.map((label, truth) =>
    describeClass(cleanLabel(label), truth, matrix[truth] as readonly number[], labels),
  );
  const diagonal = `${countText(right)} of ${countOf(images, 'image')} on the diagonal (${percentText(right / images)}).`;
  if (labels.length <= DESCRIBED) return [diagonal, ...classes.map(({ text }) => text)].join(' ');
  const lowest = classes.toSorted((a, b) => a.recall - b.recall).slice(0, DESCRIBED);
  return [
    diagonal,
    `The ${DESCRIBED} classes recognised least:`,
    ...lowest.map(({ text }) => text),
    `All classes in order: ${labels.map(cleanLabel).join('; ')}.`,
  ].join(' ');
}

function describeClass(
  name: string,
  truth: number,
  row: readonly number[],
  labels: readonly string[],
): { readonly recall: number; readonly text: string } {
  const total = sum(row);
  if (total === 0) return { recall: Infinity, text: `${name}: no images.` };
  const right = row[truth] as number;
  const taken = row
    .map((count, predicted) => ({ count, predicted }))
    .filter(({ count, predicted }) => predicted !== truth && count > 0)
    .sort((a, b) => b.count - a.count)[0];
  const mistaken =
    taken === undefined
      ? ''
      : `, most often taken for ${cleanLabel(labels[taken.predicted] as string)} (${countText(taken.count)})`;
  return {
    recall: right / total,
    text: `${name}: ${countText(right)} of ${countText(total)} right${mistaken}.`,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function assertMatrix(labels: readonly string[], matrix: readonly (readonly number[])[]): void {
  const isSquare =
    matrix.length === labels.length && matrix.every((row) => row.length === labels.length);
  const isCounts = matrix.every((row) =>
    row.every((count) => Number.isInteger(count) && count >= 0),
  );
  if (isSquare && isCounts) return;
  throw new IsometryError(
    'OPTION_INVALID',
    `A confusion matrix of ${labels.length} labels has as many rows and columns of counts.`,
  );
}
