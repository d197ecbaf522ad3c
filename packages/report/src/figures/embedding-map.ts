import { createRandom, IsometryError } from '@isometry/core';
import { colour, SERIES_COUNT, seriesColour } from '../draw/colours.ts';
import { TEXT_SIZE } from '../draw/figure-config.ts';
import { assertLengths, assertNumbers } from './assert-lengths.ts';
import { assertFigureId, type Figure } from './figure.ts';
import { keyStrip } from './key-strip.ts';
import { cleanLabel, elideLabel } from './label-text.ts';
import { squareFrame, type MapFrame } from './map-frame.ts';
import { placeLabels, type PlacedLabel } from './map-labels.ts';
import { messageFigure } from './message-figure.ts';
import { countOf, countText } from './number-text.ts';
import { SHAPES } from './series-marks.ts';

export interface EmbeddingMapFigureOptions {
  readonly id: string;
  readonly title?: string;
  readonly method: 't-SNE' | 'UMAP';
  /** `[x, y]` of each image. */
  readonly points: readonly (readonly number[])[];
  /** Index into `labels` of each image. */
  readonly classes: readonly number[];
  readonly labels: readonly string[];
  /** Which images the model took for another class: they get a ring. */
  readonly wrong?: readonly boolean[];
  /** How the map was made, e.g. `perplexity 30, seed 0`. */
  readonly parameters: string;
}

/** Longer labels are elided beside the map and in it. */
const LABEL_WIDTH = 150;

/** Images by the similarity of their embeddings, a colour and a shape per class. */
export function embeddingMapFigure(options: EmbeddingMapFigureOptions): Figure {
  const { id, method, points, classes, labels, wrong, parameters } = options;
  const title = options.title ?? `Embeddings (${method})`;
  assertFigureId(id);
  assertPoints(options);
  if (points.length === 0) return messageFigure({ id, title }, 'No image: no embeddings to show.');
  const counts = labels.map((_, index) => classes.filter((one) => one === index).length);
  const wrongCount = wrong?.filter(Boolean).length ?? 0;
  const frame = squareFrame(points);
  const isLabelled = labels.length > SERIES_COUNT;
  const placed = isLabelled ? placeLabels({ frame, points, classes, labels }) : [];
  const missing = isLabelled ? counts.filter((count) => count > 0).length - placed.length : 0;
  return {
    id,
    title,
    caption: [
      `${countOf(points.length, 'image')} of ${countOf(counts.filter((count) => count > 0).length, 'class', 'classes')}, ${method} (${parameters}).`,
      'Images near each other have similar embeddings; the axes have no unit, and distances between groups say little.',
      ...(isLabelled
        ? [
            `Names stand at the middle of their class; colours and shapes repeat after ${SERIES_COUNT} classes.`,
          ]
        : []),
      ...(missing > 0 ? [`${countOf(missing, 'name')} found no room.`] : []),
      ...(wrong === undefined ? [] : ['A ring is an image that was taken for another class.']),
    ].join(' '),
    description: [
      `A map of ${countOf(points.length, 'image')} by ${method}.`,
      ...labels.map(
        (label, index) => `${cleanLabel(label)}: ${countOf(counts[index] as number, 'image')}.`,
      ),
      ...(wrong === undefined ? [] : [`${countOf(wrongCount, 'image')} misclassified.`]),
    ].join(' '),
    spec: mapSpec({ ...options, counts, frame, placed, wrongCount }),
  };
}

interface MapSpecOptions extends EmbeddingMapFigureOptions {
  readonly counts: readonly number[];
  readonly frame: MapFrame;
  readonly placed: readonly PlacedLabel[];
  readonly wrongCount: number;
}

function mapSpec(options: MapSpecOptions): object {
  const { points, classes, labels, wrong, counts, frame, placed, wrongCount } = options;
  const indices = labels.map((_, index) => index);
  // In the order of the images, a class that comes last would hide the others.
  const order = createRandom(0, 'figures/draw-order').shuffled(points.map((_, index) => index));
  const values = order.map((index) => ({
    x: round((points[index] as readonly number[])[0] as number, frame.unit),
    y: round((points[index] as readonly number[])[1] as number, frame.unit),
    c: classes[index] as number,
    w: wrong?.[index] === true,
  }));
  const area = pointArea(points.length);
  const ofClass = (range: readonly string[]): object => ({
    field: 'c',
    type: 'nominal',
    legend: null,
    scale: { domain: indices, range },
  });
  const position = { type: 'quantitative', axis: null };
  const map = {
    width: frame.width,
    height: frame.height,
    view: { stroke: colour('grid') },
    encoding: {
      x: { field: 'x', ...position, scale: { domain: frame.x, nice: false, zero: false } },
      y: { field: 'y', ...position, scale: { domain: frame.y, nice: false, zero: false } },
    },
    layer: [
      {
        data: { values },
        layer: [
          {
            mark: { ...POINT, size: area },
            encoding: {
              fill: ofClass(indices.map(seriesColour)),
              shape: ofClass(indices.map(shapeOf)),
            },
          },
          ...(wrongCount === 0
            ? []
            : [{ transform: [{ filter: 'datum.w' }], mark: { ...RING, size: area * 3 + 40 } }]),
        ],
      },
      ...labelLayers(placed),
    ],
  };
  const ring =
    wrongCount === 0
      ? []
      : [{ text: `misclassified (${countText(wrongCount)})`, mark: { ...RING, size: 130 } }];
  if (labels.length > SERIES_COUNT) {
    return ring.length === 0 ? map : { spacing: 8, vconcat: [map, keyStrip(ring, frame.width)] };
  }
  const key = labels.map((label, index) => ({
    text: `${elideLabel(label, LABEL_WIDTH, TEXT_SIZE.label)} (${countText(counts[index] as number)})`,
    mark: { ...POINT, size: 90, shape: shapeOf(index), fill: seriesColour(index) },
  }));
  return { spacing: 10, hconcat: [map, keyStrip([...key, ...ring], 'one a line')] };
}

const POINT = {
  type: 'point',
  filled: true,
  opacity: 0.85,
  stroke: colour('surface'),
  strokeWidth: 0.4,
} as const;
const RING = {
  type: 'point',
  shape: 'circle',
  stroke: colour('ink'),
  strokeWidth: 1.2,
  opacity: 1,
} as const;

/** The names on the map, with an edge of the surface's colour around each letter. */
function labelLayers(placed: readonly PlacedLabel[]): object[] {
  const text = { type: 'text', baseline: 'middle', fontWeight: 'bold', fontSize: TEXT_SIZE.label };
  const encoding = { text: { field: 'text', type: 'nominal' } };
  const data = { values: placed };
  return placed.length === 0
    ? []
    : [
        {
          data,
          mark: {
            ...text,
            fill: colour('surface'),
            stroke: colour('surface'),
            strokeWidth: 4,
            strokeJoin: 'round',
          },
          encoding,
        },
        { data, mark: text, encoding },
      ];
}

/** Another shape for each class; after as many as there are colours, each round of colours has its own. */
function shapeOf(index: number): string {
  const turn = Math.floor(index / SERIES_COUNT);
  return SHAPES[(index + turn) % SHAPES.length] as string;
}

/** Square pixels of a point: fewer images, larger points. */
function pointArea(count: number): number {
  return Math.max(26, Math.min(70, Math.round(1600 / Math.sqrt(count))));
}

/** A twentieth of a pixel is enough. */
function round(value: number, unit: number): number {
  const digits = Math.max(0, Math.min(12, Math.ceil(-Math.log10(unit / 20))));
  return Number(value.toFixed(digits));
}

function assertPoints({ points, classes, labels, wrong }: EmbeddingMapFigureOptions): void {
  assertLengths({
    points: points.length,
    classes: classes.length,
    wrong: wrong?.length ?? points.length,
  });
  assertNumbers('points', points.flat());
  if (points.some((point) => point.length !== 2)) {
    throw new IsometryError('OPTION_INVALID', 'A point of a map has two coordinates.');
  }
  if (classes.some((index) => labels[index] === undefined)) {
    throw new IsometryError('OPTION_INVALID', 'A point of a map is of a class without a label.');
  }
}
