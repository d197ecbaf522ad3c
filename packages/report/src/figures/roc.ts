import { IsometryError } from '@isometry/core';
import { colour, SERIES_COUNT, seriesColour } from '../draw/colours.ts';
import { TEXT_SIZE } from '../draw/figure-config.ts';
import { assertLengths, assertNumbers } from './assert-lengths.ts';
import { assertFigureId, type Figure } from './figure.ts';
import { keyStrip, type KeyEntry } from './key-strip.ts';
import { cleanLabel, elideLabel } from './label-text.ts';
import { messageFigure } from './message-figure.ts';
import { countOf } from './number-text.ts';
import { DASHES } from './series-marks.ts';

/** One class against all others. */
export interface RocCurve {
  readonly label: string;
  /** Rising from 0 to 1, as many as there are true positive rates. */
  readonly falsePositiveRate: readonly number[];
  readonly truePositiveRate: readonly number[];
  /** Null where the class, or every other, has no image. */
  readonly auc: number | null;
}

export interface RocFigureOptions {
  readonly id?: string;
  readonly title?: string;
  readonly curves: readonly RocCurve[];
}

const SIZE = 340;
const LABEL_WIDTH = 150;
/** Of more curves than there are colours, so many of the lowest areas stand out. */
const MARKED = 4;

/** How many of a class are found for how many false alarms, each class against all others. */
export function rocFigure(options: RocFigureOptions): Figure {
  const { id = 'roc', title = 'ROC curves, one class against the rest', curves } = options;
  assertFigureId(id);
  curves.forEach(assertCurve);
  const drawn = curves
    .map((curve, index) => ({ curve, index }))
    .filter(({ curve }) => curve.auc !== null && curve.falsePositiveRate.length > 1);
  const absent = curves.length - drawn.length;
  if (drawn.length === 0) {
    return messageFigure({ id, title }, 'A ROC curve needs images of two classes: none to show.');
  }
  const isMany = drawn.length > SERIES_COUNT;
  return {
    id,
    title,
    caption: [
      `${countOf(drawn.length, 'class', 'classes')} against the rest; AUC is the area under the curve.`,
      'The dotted diagonal is chance, the upper left corner is perfect.',
      ...(isMany
        ? [`The ${MARKED} classes of the smallest areas are in colour, the others grey.`]
        : []),
      ...(absent > 0 ? [`${countOf(absent, 'class', 'classes')} without images left out.`] : []),
    ].join(' '),
    description: curves
      .map(({ label, auc }) =>
        auc === null
          ? `${cleanLabel(label)}: no curve.`
          : `${cleanLabel(label)}: area ${auc.toFixed(3)}.`,
      )
      .join(' '),
    spec: rocSpec(drawn, isMany),
  };
}

interface Drawn {
  readonly curve: RocCurve;
  readonly index: number;
}

function rocSpec(drawn: readonly Drawn[], isMany: boolean): object {
  const byArea = drawn.toSorted((a, b) => (a.curve.auc as number) - (b.curve.auc as number));
  const marked = isMany ? byArea.slice(0, MARKED) : drawn;
  const others = isMany ? byArea.slice(MARKED) : [];
  // In few classes each keeps the colour that it has in the map of embeddings.
  const place = ({ index }: Drawn, order: number): number => (isMany ? order : index);
  const rate = { type: 'quantitative', scale: { domain: [0, 1], nice: false } };
  const axis = { format: '.0%', values: [0, 0.2, 0.4, 0.6, 0.8, 1] };
  const line = (one: Drawn, order: number): object => ({
    stroke: seriesColour(place(one, order)),
    strokeDash: DASHES[place(one, order) % DASHES.length],
    strokeWidth: 2,
  });
  const key = marked.map((one, order): KeyEntry => {
    const name = elideLabel(one.curve.label, LABEL_WIDTH, TEXT_SIZE.label);
    return {
      text: `${name}: AUC ${(one.curve.auc as number).toFixed(3)}`,
      mark: { type: 'rule', ...line(one, order) },
    };
  });
  const plot = {
    width: SIZE,
    height: SIZE,
    encoding: {
      x: { field: 'x', ...rate, axis: { ...axis, title: 'false positive rate' } },
      y: { field: 'y', ...rate, axis: { ...axis, title: 'true positive rate' } },
      order: { field: 'i', type: 'quantitative' },
    },
    layer: [
      {
        data: { values: CHANCE },
        mark: { type: 'line', stroke: colour('line'), strokeDash: [2, 4], strokeWidth: 1.5 },
      },
      ...others.map(({ curve }) => ({
        data: { values: corners(curve) },
        mark: { type: 'line', stroke: colour('line'), strokeWidth: 0.8, opacity: 0.7 },
      })),
      ...marked.map((one, order) => ({
        data: { values: corners(one.curve) },
        mark: { type: 'line', strokeJoin: 'round', ...line(one, order) },
      })),
    ],
  };
  return { spacing: 16, hconcat: [plot, keyStrip(key, 'one a line')] };
}

const CHANCE = [
  { x: 0, y: 0, i: 0 },
  { x: 1, y: 1, i: 1 },
];

/** The curve without points on the way between their neighbours, and none closer than a third of a pixel. */
function corners(curve: RocCurve): { x: number; y: number; i: number }[] {
  const points = curve.falsePositiveRate.map((x, index) => ({
    x,
    y: curve.truePositiveRate[index] as number,
    i: index,
  }));
  const kept: { x: number; y: number; i: number }[] = [];
  points.forEach((point, index) => {
    const before = kept.at(-1);
    const after = points[index + 1];
    if (before === undefined || after === undefined) {
      kept.push(point);
      return;
    }
    const isOnTheWay =
      (point.x === before.x && after.x === point.x) ||
      (point.y === before.y && after.y === point.y);
    const isNear = Math.hypot(point.x - before.x, point.y - before.y) * SIZE < 0.33;
    if (!isOnTheWay && !isNear) kept.push(point);
  });
  return kept;
}

function assertCurve({ label, falsePositiveRate, truePositiveRate, auc }: RocCurve): void {
  assertLengths({
    falsePositiveRate: falsePositiveRate.length,
    truePositiveRate: truePositiveRate.length,
  });
  assertNumbers('falsePositiveRate', falsePositiveRate, 0, 1);
  assertNumbers('truePositiveRate', truePositiveRate, 0, 1);
  if (auc !== null) assertNumbers('auc', [auc], 0, 1);
  if (falls(falsePositiveRate) || falls(truePositiveRate)) {
    throw new IsometryError('OPTION_INVALID', `The ROC curve of ${JSON.stringify(label)} falls.`);
  }
}

function falls(rates: readonly number[]): boolean {
  return rates.some((rate, index) => index > 0 && rate < (rates[index - 1] as number));
}
