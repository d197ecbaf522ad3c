import { colour, RAMP_STEPS, rampColours, rampStep } from '../draw/colours.ts';
import { TEXT_SIZE } from '../draw/figure-config.ts';
import { textWidth } from '../draw/font.ts';
import { elideLabel } from './label-text.ts';
import { countText } from './number-text.ts';

/** Cells are as large as the figure's width allows, within these. */
const MATRIX_WIDTH = 460;
const CELL = { largest: 84, smallest: 13 };
/** A cell shows its count from this size on, and its share of the row below it from the other. */
const COUNT_FROM = 24;
const SHARE_FROM = 44;
/** Longer labels are elided. */
const LABEL_WIDTH = 150;
const TURNED_LABEL_WIDTH = 120;
const SMALLEST_TEXT = 9;
/** Zeros are written out in matrices of so few classes. */
const ZEROS_UP_TO = 4;

const STEPS: readonly number[] = Array.from({ length: RAMP_STEPS }, (_, step) => step);

type Matrix = readonly (readonly number[])[];

/** The drawing of a confusion matrix. */
export function matrixSpec(
  labels: readonly string[],
  matrix: Matrix,
): { readonly hasCounts: boolean; readonly spec: object } {
  const cell = Math.max(
    CELL.smallest,
    Math.min(CELL.largest, Math.floor(MATRIX_WIDTH / labels.length)),
  );
  const size = cell * labels.length;
  const textSize = Math.min(TEXT_SIZE.tick, Math.max(SMALLEST_TEXT, cell - 3));
  const across = labels.map((label) => elideLabel(label, TURNED_LABEL_WIDTH, textSize));
  const isTurned = across.some((label) => textWidth(label, textSize) > cell - 6);
  const totals = matrix.map((row) => row.reduce((total, count) => total + count, 0));
  const down = labels.map(
    (label, index) =>
      `${elideLabel(label, LABEL_WIDTH, textSize)} (${countText(totals[index] as number)})`,
  );
  const indices = labels.map((_, index) => index);
  const axis = { domain: false, ticks: false, labelFontSize: textSize, labelOverlap: false };
  const place = { type: 'ordinal', scale: { domain: indices } };
  const x = {
    field: 'predicted',
    ...place,
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
    ...place,
    axis: { ...axis, title: 'true class (images)', labelExpr: 'down[datum.value]' },
  };
  const hasCounts = cell >= COUNT_FROM;
  return {
    hasCounts: hasCounts && labels.length > ZEROS_UP_TO,
    spec: {
      params: [
        { name: 'across', value: across },
        { name: 'down', value: down },
      ],
      spacing: 24,
      hconcat: [
        {
          data: { values: cells(matrix, totals) },
          width: size,
          height: size,
          encoding: { x, y },
          layer: [
            {
              mark: {
                type: 'rect',
                stroke: colour('surface'),
                strokeWidth: hasCounts ? 2 : 0.5,
              },
              encoding: { fill: onCell('ramp') },
            },
            ...(hasCounts ? cellTexts(matrix, cell) : []),
            emptyRows(totals, size, textSize),
          ],
        },
        rampKey(Math.min(size, 160)),
      ],
    },
  };
}

function onCell(kind: 'ramp' | 'ramp-text'): object {
  return {
    field: 'step',
    type: 'ordinal',
    legend: null,
    scale: { domain: STEPS, range: rampColours(kind) },
  };
}

/** Counts, and below them their share of the row where there is room. */
function cellTexts(matrix: Matrix, cell: number): object[] {
  const hasShares = cell >= SHARE_FROM;
  const weight = hasShares ? 'bold' : 'normal';
  const longest = countText(Math.max(...matrix.flat()));
  const fitting = ((cell - 6) / textWidth(longest, 100, weight)) * 100;
  const fontSize = Math.floor(Math.min(hasShares ? 14 : 12, fitting));
  const encoding = { color: onCell('ramp-text') };
  const mark = { type: 'text', baseline: 'middle' };
  // Six digits in a small cell: the colour alone is more legible than that.
  if (fontSize < SMALLEST_TEXT - 1) return [];
  const counts = {
    mark: { ...mark, fontSize, fontWeight: weight, dy: hasShares ? -8 : 0 },
    encoding: { ...encoding, text: { field: 'count' } },
  };
  const shares = {
    mark: { ...mark, fontSize: Math.min(TEXT_SIZE.tick, cell / 4), dy: 10 },
    encoding: { ...encoding, text: { field: 'share' } },
  };
  return hasShares ? [counts, shares] : [counts];
}

/** A class without images has no shares: its row says so. */
function emptyRows(totals: readonly number[], size: number, fontSize: number): object {
  return {
    data: {
      values: totals.flatMap((total, truth) => (total === 0 ? [{ truth }] : [])),
    },
    mark: { type: 'text', text: 'no images', baseline: 'middle', fill: colour('muted'), fontSize },
    encoding: { x: { value: size / 2 } },
  };
}

function cells(matrix: Matrix, totals: readonly number[]): object[] {
  const hasZeros = matrix.length <= ZEROS_UP_TO;
  return matrix.flatMap((row, truth) => {
    const total = totals[truth] as number;
    if (total === 0) return [];
    return row.map((count, predicted) => ({
      truth,
      predicted,
      step: rampStep(count / total),
      count: count > 0 || hasZeros ? countText(count) : '',
      share: count > 0 || hasZeros ? shareText(count, total) : '',
    }));
  });
}

/** Whole percents that never call something nothing, nor all but one all. */
function shareText(count: number, total: number): string {
  const percent = Math.round((count / total) * 100);
  if (percent === 0 && count > 0) return '<1%';
  if (percent === 100 && count < total) return '>99%';
  return `${percent}%`;
}

/** The ramp's own key: a strip beside the matrix. */
function rampKey(height: number): object {
  return {
    data: {
      values: STEPS.map((step) => ({
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
      fill: onCell('ramp'),
    },
  };
}
