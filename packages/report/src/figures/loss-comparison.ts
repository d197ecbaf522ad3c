import type { Interval } from '@isometry/core';
import { colour, seriesColour } from '../draw/colours.ts';
import { TEXT_SIZE } from '../draw/figure-config.ts';
import { assertNumbers } from './assert-lengths.ts';
import { assertFigureId, type Figure } from './figure.ts';
import { keyStrip } from './key-strip.ts';
import { cleanLabel, elideLabel } from './label-text.ts';
import { messageFigure } from './message-figure.ts';
import { countOf, percentText } from './number-text.ts';

/** What one loss reached. */
export interface LossComparisonRow {
  readonly loss: string;
  /** Over the seeds, 0 to 1; null where nothing was trained yet. */
  readonly mean: Interval | null;
  /** Each seed's own value. */
  readonly seeds: readonly number[];
  /** The value that the paper gives, 0 to 1. */
  readonly paper: number | null;
}

/** One backbone. */
export interface LossComparisonPanel {
  readonly title: string;
  readonly rows: readonly LossComparisonRow[];
}

export interface LossComparisonFigureOptions {
  readonly id?: string;
  readonly title?: string;
  /** What is compared, e.g. `balanced accuracy`. */
  readonly metric: string;
  readonly panels: readonly LossComparisonPanel[];
  /** What the paper's mark is called. @defaultValue {@link PAPER_MARK} */
  readonly paperName?: string;
}

/** What the paper's mark is called, unless the images are its own. */
export const PAPER_MARK = 'paper (another data set)';

const WIDTH = 330;
const ROW = 40;
const LABEL_WIDTH = 210;

/** What each loss reached on each backbone, beside what the paper says of it. */
export function lossComparisonFigure(options: LossComparisonFigureOptions): Figure {
  const { id = 'loss-comparison', metric, panels, paperName = PAPER_MARK } = options;
  const title = options.title ?? `Losses compared by ${metric}`;
  assertFigureId(id);
  const rows = panels.flatMap((panel) => panel.rows);
  const values = rows.flatMap(valuesOf);
  assertNumbers(metric, values, 0, 1);
  if (values.length === 0) {
    return messageFigure({ id, title }, 'Nothing was trained yet: no losses to compare.');
  }
  const hasPaper = rows.some(({ paper }) => paper !== null);
  const level = rows.find(({ mean }) => mean !== null)?.mean?.level;
  return {
    id,
    title,
    caption: [
      `${metric} on the test split.`,
      ...(level === undefined
        ? []
        : [
            `A filled dot is the mean over the seeds with its ${percentText(level, 0)} interval, a small ring below it one seed.`,
          ]),
      ...(hasPaper
        ? [
            `A hollow diamond is the value in the ${paperName}: not to be compared by its height alone.`,
          ]
        : []),
    ].join(' '),
    description: panels
      .map(
        (panel) =>
          `${cleanLabel(panel.title)}. ${panel.rows.map((row) => `${cleanLabel(row.loss)}: ${rowText(row, paperName)}`).join('; ')}.`,
      )
      .join(' '),
    spec: comparisonSpec({
      metric,
      panels,
      domain: domainOf(values),
      paperName: hasPaper ? paperName : undefined,
      level,
    }),
  };
}

interface ComparisonSpecOptions {
  readonly metric: string;
  readonly panels: readonly LossComparisonPanel[];
  readonly domain: readonly [number, number];
  /** Undefined where no row has a paper's value. */
  readonly paperName: string | undefined;
  readonly level: number | undefined;
}

const MEAN = {
  type: 'point',
  shape: 'circle',
  filled: true,
  fill: seriesColour(0),
  size: 100,
} as const;
const SEED = {
  type: 'point',
  shape: 'circle',
  stroke: seriesColour(0),
  strokeWidth: 1.2,
  size: 26,
} as const;
const PAPER = {
  type: 'point',
  shape: 'diamond',
  stroke: seriesColour(1),
  strokeWidth: 2,
  size: 110,
} as const;

function comparisonSpec(options: ComparisonSpecOptions): object {
  const { panels, paperName, level } = options;
  const key = [
    ...(level === undefined
      ? []
      : [
          { text: `mean and ${percentText(level, 0)} interval`, mark: MEAN },
          { text: 'one seed', mark: SEED },
        ]),
    ...(paperName === undefined ? [] : [{ text: paperName, mark: PAPER }]),
  ];
  const filled = panels.filter(({ rows }) => rows.length > 0);
  return {
    spacing: 16,
    params: filled.map(({ rows }, index) => ({
      name: `losses${index}`,
      value: rows.map(({ loss }) => elideLabel(loss, LABEL_WIDTH, TEXT_SIZE.tick)),
    })),
    vconcat: [
      keyStrip(key, WIDTH + 190),
      ...filled.map((panel, index) =>
        panelSpec(panel, index, { ...options, isLast: index === filled.length - 1 }),
      ),
    ],
  };
}

function panelSpec(
  { title, rows }: LossComparisonPanel,
  panel: number,
  { metric, domain, isLast }: ComparisonSpecOptions & { readonly isLast: boolean },
): object {
  const x = (field: string): object => ({
    field,
    type: 'quantitative',
    scale: { domain, nice: false, zero: false },
    axis: { title: isLast ? metric : null, format: '.0%', tickCount: 6 },
  });
  const y = {
    field: 'row',
    type: 'ordinal',
    scale: { domain: rows.map((_, index) => index) },
    axis: {
      title: null,
      labelExpr: `losses${panel}[datum.value]`,
      labelOverlap: false,
      ticks: false,
      domain: false,
      grid: true,
    },
  };
  const means = rows.flatMap(({ mean }, row) =>
    mean === null ? [] : [{ row, value: mean.value, low: mean.low, high: mean.high }],
  );
  const texts = rows.map(({ mean }, row) => ({
    row,
    text: mean === null ? 'not trained' : intervalText(mean),
    muted: mean === null,
  }));
  return {
    title: { text: elideLabel(title, WIDTH, TEXT_SIZE.title) },
    width: WIDTH,
    height: rows.length * ROW,
    encoding: { y },
    layer: [
      {
        data: { values: means },
        mark: { type: 'rule', stroke: seriesColour(0), strokeWidth: 2 },
        encoding: { x: x('low'), x2: { field: 'high' } },
      },
      { data: { values: means }, mark: { ...MEAN, opacity: 1 }, encoding: { x: x('value') } },
      {
        data: {
          values: rows.flatMap(({ seeds }, row) => seeds.map((value) => ({ row, value }))),
        },
        mark: { ...SEED, opacity: 1, yOffset: 11 },
        encoding: { x: x('value') },
      },
      {
        data: {
          values: rows.flatMap(({ paper }, row) => (paper === null ? [] : [{ row, value: paper }])),
        },
        mark: { ...PAPER, opacity: 1, yOffset: -10 },
        encoding: { x: x('value') },
      },
      {
        data: { values: texts },
        mark: {
          type: 'text',
          align: 'left',
          baseline: 'middle',
          fontSize: TEXT_SIZE.tick,
          fill: colour('ink'),
        },
        encoding: { x: { value: WIDTH + 12 }, text: { field: 'text', type: 'nominal' } },
      },
    ],
  };
}

function valuesOf({ mean, seeds, paper }: LossComparisonRow): number[] {
  return [
    ...(mean === null ? [] : [mean.value, mean.low, mean.high]),
    ...seeds,
    ...(paper === null ? [] : [paper]),
  ];
}

/** All values with room at both ends, to the next 5%. */
function domainOf(values: readonly number[]): readonly [number, number] {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const room = Math.max(0.01, (high - low) * 0.06);
  return [
    Math.max(0, Math.floor((low - room) * 20) / 20),
    Math.min(1.01, Math.ceil((high + room) * 20) / 20),
  ];
}

function intervalText({ value, low, high }: Interval): string {
  return `${percentText(value)} (${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)})`;
}

function rowText({ mean, seeds, paper }: LossComparisonRow, paperName: string): string {
  return [
    mean === null ? 'not trained' : `${intervalText(mean)}, ${countOf(seeds.length, 'seed')}`,
    ...(paper === null ? [] : [`${paperName} ${percentText(paper)}`]),
  ].join(', ');
}
