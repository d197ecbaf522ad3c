import { IsometryError } from '@isometry/core';
import { colour, rampColours, rampStep, RAMP_STEPS } from '../draw/colours.ts';
import { TEXT_SIZE } from '../draw/figure-config.ts';
import { textWidth } from '../draw/font.ts';
import { assertFigureId, type Figure } from './figure.ts';
import { cleanLabel, elideLabel } from './label-text.ts';
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

/** Cells are as large as the figure's width allows, within these. */
const MATRIX_WIDTH = 460;
const CELL = { largest: 84, smallest: 12 };
/** A cell shows its count from this size on, and its share of the row below it from the other. */
const COUNT_FROM = 24;
const SHARE_FROM = 46;
/** Labels longer than this are elided; the description has them in full. */
const LABEL_WIDTH = 150;
const TURNED_LABEL_WIDTH = 110;
/** The description names at most this many classes one by one. */
const DESCRIBED = 12;

/** Counts, and the colour of each row's shares: the diagonal is what was recognised. */
export function confusionMatrixFigure(options: ConfusionMatrixFigureOptions): Figure {
  const { id = 'confusion-matrix', title = 'Confusion matrix', labels, matrix } = options;
  assertFigureId(id);
  assertMatrix(labels, matrix);
  const rows = matrix.map((row) => sum(row));
  const images = sum(rows);
  if (images === 0)
    return messageFigure({ id, title }, 'No image was classified: no confusion to show.');
  return {
    id,
    title,
    caption:
      `${countOf(images, 'image')} of ${countOf(labels.length, 'class', 'classes')}: rows are the true class ` +
      '(with its number of images), columns the predicted one. Colour is the share of the row.',
    description: describe(labels, matrix, rows),
    spec: matrixSpec(labels, matrix, rows),
  };
}

function matrixSpec(
  labels: readonly string[],
  matrix: readonly (readonly number[])[],
  rows: readonly number[],
): object {
  const cell = Math.max(
    CELL.smallest,
    Math.min(CELL.largest, Math.floor(MATRIX_WIDTH / labels.length)),
  );
  const size = cell * labels.length;
  const fontSize = Math.min(TEXT_SIZE.tick, Math.max(9, cell - 3));
  const across = labels.map((label) => elideLabel(label, TURNED_LABEL_WIDTH, fontSize));
  const isTurned = across.some((label) => textWidth(label, fontSize) > cell - 8);
  const down = labels.map(
    (label, index) =>
      `${elideLabel(label, LABEL_WIDTH, fontSize)} (${countText(rows[index] as number)})`,
  );
  const axis = { domain: false, ticks: false, labelFontSize: fontSize, labelOverlap: false };
  const x = {
    field: 'predicted',
    type: 'ordinal',
    axis: {
      ...axis,
      orient: 'top',
      title: 'predicted class',
      labelExpr: 'across[datum.value]',
      labelAngle: isTurned ? -90 : 0,
    },
  };
  const y = {
    field: 'truth',
    type: 'ordinal',
    axis: { ...axis, title: 'true class (images)', labelExpr: 'down[datum.value]' },
  };
  const steps = Array.from({ length: RAMP_STEPS }, (_, step) => step);
  const onCell = { field: 'step', type: 'ordinal', legend: null };
  const textOnCell = { ...onCell, scale: { domain: steps, range: rampColours('ramp-text') } };
  const layer: object[] = [
    {
      mark: { type: 'rect', stroke: colour('surface'), strokeWidth: cell < COUNT_FROM ? 0.5 : 2 },
      encoding: { fill: { ...onCell, scale: { domain: steps, range: rampColours('ramp') } } },
    },
  ];
  if (cell >= COUNT_FROM) {
    const isTwoLines = cell >= SHARE_FROM;
    layer.push({
      mark: {
        type: 'text',
        baseline: 'middle',
        fontSize: isTwoLines ? 14 : countSize(matrix, cell),
        fontWeight: isTwoLines ? 'bold' : 'normal',
        dy: isTwoLines ? -8 : 0,
      },
      encoding: { text: { field: 'count' }, color: textOnCell },
    });
    if (isTwoLines) {
      layer.push({
        mark: { type: 'text', baseline: 'middle', fontSize: TEXT_SIZE.tick, dy: 10 },
        encoding: { text: { field: 'share' }, color: textOnCell },
      });
    }
  }
  return {
    params: [
      { name: 'across', value: across },
      { name: 'down', value: down },
    ],
    spacing: 24,
    resolve: {
      scale: { fill: 'independent', color: 'independent', x: 'independent', y: 'independent' },
    },
    hconcat: [
      {
        data: { values: cells(matrix, rows) },
        width: size,
        height: size,
        encoding: { x, y },
        layer,
        resolve: { scale: { fill: 'independent', color: 'independent' } },
      },
      rampKey(Math.min(size, 160), steps),
    ],
  };
}

/** The ramp's own key: a strip beside the matrix. */
function rampKey(height: number, steps: readonly number[]): object {
  return {
    data: {
      values: steps.map((step) => ({
        step,
        low: step / RAMP_STEPS,
        high: (step + 1) / RAMP_STEPS,
      })),
    },
    width: 12,
    height,
    mark: { type: 'rect' },
    encoding: {
      y: {
        field: 'low',
        type: 'quantitative',
        scale: { domain: [0, 1], nice: false },
        axis: {
          orient: 'right',
          values: [0, 0.25, 0.5, 0.75, 1],
          format: '.0%',
          grid: false,
          domain: false,
          title: 'share of the row',
        },
      },
      y2: { field: 'high' },
      fill: {
        field: 'step',
        type: 'ordinal',
        legend: null,
        scale: { domain: steps, range: rampColours('ramp') },
      },
    },
  };
}

function cells(matrix: readonly (readonly number[])[], rows: readonly number[]): object[] {
  return matrix.flatMap((row, truth) => {
    const total = rows[truth] as number;
    // A class without images has no shares: its row stays empty.
    if (total === 0) return [];
    return row.map((count, predicted) => ({
      truth,
      predicted,
      step: rampStep(count / total),
      count: countText(count),
      share: count === 0 ? '' : percentText(count / total, 0),
    }));
  });
}

/** The largest size, 9 to 12, at which the longest count fits its cell. */
function countSize(matrix: readonly (readonly number[])[], cell: number): number {
  const longest = countText(Math.max(...matrix.flat()));
  return Math.max(9, Math.min(12, Math.floor(((cell - 4) / textWidth(longest, 12)) * 12)));
}

function describe(
  labels: readonly string[],
  matrix: readonly (readonly number[])[],
  rows: readonly number[],
): string {
  const images = sum(rows);
  const right = sum(matrix.map((row, index) => row[index] as number));
  const classes = labels.map((label, truth) => {
    const row = matrix[truth] as readonly number[];
    const total = rows[truth] as number;
    const name = cleanLabel(label);
    const correct = row[truth] as number;
    if (total === 0) return { recall: 2, text: `${name}: no images.` };
    const taken = row
      .map((count, predicted) => ({ count, predicted }))
      .filter(({ count, predicted }) => predicted !== truth && count > 0)
      .sort((a, b) => b.count - a.count)[0];
    const mistaken =
      taken === undefined
        ? ''
        : `, most often taken for ${cleanLabel(labels[taken.predicted] as string)} (${countText(taken.count)})`;
    return {
      recall: correct / total,
      text: `${name}: ${countText(correct)} of ${countText(total)} right${mistaken}.`,
    };
  });
  const lowest = classes.toSorted((a, b) => a.recall - b.recall).slice(0, DESCRIBED);
  const isAll = labels.length <= DESCRIBED;
  return [
    `${countText(right)} of ${countOf(images, 'image')} on the diagonal (${percentText(right / images)}).`,
    ...(isAll ? classes : lowest).map(({ text }) => text),
    ...(isAll ? [] : [`Those were the ${DESCRIBED} classes recognised least.`, allLabels(labels)]),
  ].join(' ');
}

function allLabels(labels: readonly string[]): string {
  return `The classes in order: ${labels.map(cleanLabel).join('; ')}.`;
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
