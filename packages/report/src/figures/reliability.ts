import { wilsonInterval } from '@isometry/core';
import { colour, seriesColour } from '../draw/colours.ts';
import { TEXT_SIZE } from '../draw/figure-config.ts';
import { assertNumbers } from './assert-lengths.ts';
import { assertFigureId, type Figure } from './figure.ts';
import { messageFigure } from './message-figure.ts';
import { countOf, percentText } from './number-text.ts';

/** Images whose confidence, the probability of the predicted class, lies between `low` and `high`. */
export interface ReliabilityBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence; what it is where `count` is 0 does not matter. */
  readonly confidence: number;
  /** Share that was right. */
  readonly accuracy: number;
}

export interface ReliabilityFigureOptions {
  readonly id?: string;
  readonly title?: string;
  readonly bins: readonly ReliabilityBin[];
  /** Expected calibration error, 0 to 1. */
  readonly ece: number;
}

const SIZE = 300;

/** Whether "80% sure" is right 80% of the time, and how often the model is how sure. */
export function reliabilityFigure(options: ReliabilityFigureOptions): Figure {
  const { id = 'reliability', title = 'Reliability diagram', ece } = options;
  assertFigureId(id);
  const bins = options.bins.filter(({ count }) => count > 0);
  for (const name of ['low', 'high', 'confidence', 'accuracy'] as const) {
    assertNumbers(
      name,
      bins.map((bin) => bin[name]),
      0,
      1,
    );
  }
  const images = bins.reduce((total, { count }) => total + count, 0);
  if (images === 0)
    return messageFigure({ id, title }, 'No image was classified: no calibration to show.');
  assertNumbers('ece', [ece], 0, 1);
  return {
    id,
    title,
    caption:
      `${countOf(images, 'image')} in ${countOf(options.bins.length, 'bin')} of confidence. On the diagonal a model ` +
      'is right as often as it says; below it, it is too sure. Bars are 95% intervals (Wilson). ' +
      'Below: how many images there are of each confidence.',
    description: [
      `Expected calibration error ${percentText(ece)}.`,
      ...bins.map(
        ({ count, confidence, accuracy }) =>
          `${countOf(count, 'image')} with a mean confidence of ${percentText(confidence, 0)}: ${percentText(accuracy, 0)} right.`,
      ),
    ].join(' '),
    spec: reliabilitySpec(bins, ece),
  };
}

function reliabilitySpec(bins: readonly ReliabilityBin[], ece: number): object {
  const values = bins.map(({ low, high, count, confidence, accuracy }) => {
    const interval = wilsonInterval(Math.round(accuracy * count), count);
    return { confidence, accuracy, from: interval.low, to: interval.high, low, high, count };
  });
  const share = { type: 'quantitative', scale: { domain: [0, 1], nice: false } };
  const axis = { format: '.0%', values: [0, 0.2, 0.4, 0.6, 0.8, 1] };
  const x = (field: string): object => ({ field, ...share });
  return {
    spacing: 12,
    vconcat: [
      {
        width: SIZE,
        height: SIZE,
        layer: [
          {
            data: {
              values: [
                { x: 0, y: 0 },
                { x: 1, y: 1 },
              ],
            },
            mark: { type: 'line', stroke: colour('line'), strokeDash: [4, 4], strokeWidth: 1.5 },
            encoding: {
              x: { ...x('x'), axis: { ...axis, labels: false, ticks: false, title: null } },
              y: { field: 'y', ...share, axis: { ...axis, title: 'images that were right' } },
            },
          },
          {
            data: { values },
            encoding: { x: x('confidence') },
            layer: [
              {
                mark: { type: 'rule', stroke: seriesColour(0), strokeWidth: 2, opacity: 0.55 },
                encoding: { y: { field: 'from', ...share }, y2: { field: 'to' } },
              },
              {
                mark: { type: 'line', stroke: seriesColour(0), strokeWidth: 1.5 },
                encoding: { y: { field: 'accuracy', ...share } },
              },
              {
                mark: { type: 'point', filled: true, fill: seriesColour(0), opacity: 1, size: 60 },
                encoding: { y: { field: 'accuracy', ...share } },
              },
            ],
          },
          {
            data: { values: [{ x: 0.03, y: 0.96, text: `ECE ${percentText(ece)}` }] },
            mark: { type: 'text', align: 'left', fontSize: TEXT_SIZE.title, fontWeight: 'bold' },
            encoding: { x: x('x'), y: { field: 'y', ...share }, text: { field: 'text' } },
          },
          {
            data: { values: [{ x: 0.16, y: 0.2, text: 'perfect calibration' }] },
            mark: {
              type: 'text',
              align: 'center',
              angle: -45,
              fontSize: TEXT_SIZE.tick,
              fill: colour('muted'),
            },
            encoding: { x: x('x'), y: { field: 'y', ...share }, text: { field: 'text' } },
          },
        ],
      },
      {
        data: { values },
        width: SIZE,
        height: 70,
        mark: { type: 'rect', fill: seriesColour(0), stroke: colour('surface'), strokeWidth: 1 },
        encoding: {
          x: { ...x('low'), axis: { ...axis, title: 'confidence' } },
          x2: { field: 'high' },
          y: {
            field: 'count',
            type: 'quantitative',
            scale: { domainMin: 0 },
            axis: { title: 'images', tickCount: 3, format: ',d', tickMinStep: 1 },
          },
          y2: { datum: 0 },
        },
      },
    ],
  };
}
