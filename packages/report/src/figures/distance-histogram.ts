import { IsometryError } from '@isometry/core';
import { seriesColour } from '../draw/colours.ts';
import { assertLengths, assertNumbers } from './assert-lengths.ts';
import { assertFigureId, type Figure } from './figure.ts';
import { keyStrip, type KeyEntry } from './key-strip.ts';
import { messageFigure } from './message-figure.ts';
import { countOf, countText, percentText } from './number-text.ts';
import { DASHES } from './series-marks.ts';

export interface DistanceHistogramFigureOptions {
  readonly id?: string;
  readonly title?: string;
  /** Of the bins, rising: one more than there are counts. */
  readonly edges: readonly number[];
  /** Pairs of images of one class, per bin. */
  readonly positive: readonly number[];
  /** Pairs of images of different classes, per bin. */
  readonly negative: readonly number[];
  readonly unit: 'euclidean' | 'cosine';
}

interface Kind {
  readonly name: string;
  readonly counts: readonly number[];
  readonly pairs: number;
  /** Per unit of distance: the area is 1. */
  readonly density: readonly number[];
  readonly median: number | null;
}

/** How far images of one class are from each other, and from those of other classes. */
export function distanceHistogramFigure(options: DistanceHistogramFigureOptions): Figure {
  const { id = 'distances', title = 'Distances between embeddings', edges, unit } = options;
  assertFigureId(id);
  assertHistogram(options);
  const kinds = [
    kindOf('one class', options.positive, edges),
    kindOf('two classes', options.negative, edges),
  ];
  if (kinds.every(({ pairs }) => pairs === 0)) {
    return messageFigure({ id, title }, 'No pair of images: no distances to show.');
  }
  const overlap = overlapOf(kinds, edges);
  return {
    id,
    title,
    caption:
      `${kinds.map(({ name, pairs }) => `${countOf(pairs, 'pair')} of ${name}`).join(' and ')}, ` +
      `${unit} distance. Each curve has the area 1; vertical lines are the medians. ` +
      (overlap === null
        ? ''
        : `The two overlap in ${percentText(overlap, 0)} of their area: less is better.`),
    description: [
      ...kinds.map(({ name, pairs, median }) =>
        median === null
          ? `No pair of ${name}.`
          : `Median ${unit} distance of ${countText(pairs)} pairs of ${name}: ${distanceText(median)}.`,
      ),
      ...(overlap === null
        ? []
        : [`The histograms overlap in ${percentText(overlap)} of their area.`]),
    ].join(' '),
    spec: histogramSpec(kinds, edges, unit),
  };
}

function histogramSpec(kinds: readonly Kind[], edges: readonly number[], unit: string): object {
  const shown = kinds.map((kind, index) => ({ ...kind, index })).filter(({ pairs }) => pairs > 0);
  const [low, high] = occupied(kinds, edges);
  const x = {
    field: 'x',
    type: 'quantitative',
    scale: { domain: [edges[low], edges[high]], nice: false, zero: false },
    axis: { title: `${unit} distance of two images`, grid: false },
  };
  const y = {
    field: 'y',
    type: 'quantitative',
    scale: { domainMin: 0 },
    axis: { title: 'density per unit of distance', tickCount: 5 },
  };
  const key = shown.map(({ name, pairs, median, index }): KeyEntry => ({
    text: `${name}: ${countOf(pairs, 'pair')}, median ${distanceText(median as number)}`,
    mark: { type: 'rule', ...line(index) },
  }));
  return {
    spacing: 10,
    vconcat: [
      keyStrip(key, 'one a line'),
      {
        width: 520,
        height: 260,
        encoding: { x },
        layer: shown.flatMap(({ density, median, index }) => [
          {
            data: { values: steps(density, edges, low, high) },
            encoding: { y },
            layer: [
              {
                mark: { type: 'area', opacity: 0.22, fill: seriesColour(index) },
                encoding: { y2: { datum: 0 } },
              },
              { mark: { type: 'line', strokeJoin: 'miter', ...line(index) } },
            ],
          },
          { data: { values: [{ x: median }] }, mark: { type: 'rule', ...line(index) } },
        ]),
      },
    ],
  };
}

function line(index: number): object {
  return { stroke: seriesColour(index), strokeDash: DASHES[index], strokeWidth: 2 };
}

/** The outline of a histogram: two corners a bin, down to the axis at both ends. */
function steps(
  density: readonly number[],
  edges: readonly number[],
  low: number,
  high: number,
): { x: number; y: number }[] {
  const corners = [{ x: edges[low] as number, y: 0 }];
  for (let bin = low; bin < high; bin += 1) {
    const y = density[bin] as number;
    corners.push({ x: edges[bin] as number, y }, { x: edges[bin + 1] as number, y });
  }
  corners.push({ x: edges[high] as number, y: 0 });
  return corners;
}

/** The bins from the first to the last that holds a pair: empty ones outside only shrink the rest. */
function occupied(kinds: readonly Kind[], edges: readonly number[]): [number, number] {
  const used = edges
    .slice(0, -1)
    .map((_, bin) => bin)
    .filter((bin) => kinds.some(({ counts }) => (counts[bin] as number) > 0));
  return [used[0] as number, (used.at(-1) as number) + 1];
}

function kindOf(name: string, counts: readonly number[], edges: readonly number[]): Kind {
  const pairs = counts.reduce((total, count) => total + count, 0);
  const density = counts.map((count, bin) =>
    pairs === 0 ? 0 : count / pairs / widthOf(edges, bin),
  );
  return { name, counts, pairs, density, median: medianOf(counts, pairs, edges) };
}

function widthOf(edges: readonly number[], bin: number): number {
  return (edges[bin + 1] as number) - (edges[bin] as number);
}

/** As if the pairs of a bin lay evenly in it. */
function medianOf(
  counts: readonly number[],
  pairs: number,
  edges: readonly number[],
): number | null {
  let before = 0;
  for (const [bin, count] of counts.entries()) {
    if (count > 0 && before + count >= pairs / 2) {
      return (edges[bin] as number) + ((pairs / 2 - before) / count) * widthOf(edges, bin);
    }
    before += count;
  }
  return null;
}

/** The area that both histograms cover, of 1; null where one is empty. */
function overlapOf(kinds: readonly Kind[], edges: readonly number[]): number | null {
  if (kinds.some(({ pairs }) => pairs === 0)) return null;
  return edges
    .slice(0, -1)
    .map(
      (_, bin) =>
        Math.min(...kinds.map(({ density }) => density[bin] as number)) * widthOf(edges, bin),
    )
    .reduce((total, area) => total + area, 0);
}

function distanceText(distance: number): string {
  return String(Number(distance.toPrecision(3)));
}

function assertHistogram({ edges, positive, negative }: DistanceHistogramFigureOptions): void {
  assertLengths({
    edges: Math.max(0, edges.length - 1),
    positive: positive.length,
    negative: negative.length,
  });
  assertNumbers('edges', edges);
  assertNumbers('positive', positive, 0);
  assertNumbers('negative', negative, 0);
  if (edges.some((edge, index) => index > 0 && edge <= (edges[index - 1] as number))) {
    throw new IsometryError('OPTION_INVALID', 'The edges of a histogram rise.');
  }
}
