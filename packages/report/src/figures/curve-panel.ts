import { colour, seriesColour } from '../draw/colours.ts';
import { TEXT_SIZE } from '../draw/figure-config.ts';
import { percentText } from './number-text.ts';
import { DASHES } from './series-marks.ts';

export interface Curve {
  readonly name: string;
  /** 0 or 1: its colour and pattern, the same in every panel, e.g. 1 for what is measured on the validation split. */
  readonly series: 0 | 1;
  readonly points: readonly { readonly epoch: number; readonly value: number }[];
}

/** One plot over epochs. */
export interface CurvePanel {
  readonly title: string;
  readonly unit: 'loss' | 'share' | 'distance';
  /** One or two. */
  readonly curves: readonly Curve[];
}

const HEIGHT = 170;
/** Values that span more than this would be a corner and a flat line. */
const LOG_FROM = 30;
/** Fewer epochs than this show their points: one alone is no line. */
const DOTS_BELOW = 13;
/** Names at the ends of two curves keep this distance, in pixels. */
const NAME_DISTANCE = 15;

export function curvePanel({ title, unit, curves }: CurvePanel, width: number): object {
  const scale = scaleOf(unit, curves);
  const last = Math.max(...curves.flatMap(({ points }) => points.map(({ epoch }) => epoch)));
  const y = (field: string): object => ({
    field,
    type: 'quantitative',
    scale: { type: scale.type, domain: scale.domain, nice: false },
    axis: {
      title: scale.type === 'log' ? `${title}, log scale` : title,
      ...(unit === 'share' ? { format: '.0%' } : {}),
      ...(scale.type === 'log'
        ? { values: logTicks(scale.domain), format: '~r' }
        : { tickCount: 5 }),
    },
  });
  const x = {
    field: 'epoch',
    type: 'quantitative',
    scale: { domain: [Math.min(1, last), Math.max(2, last)], nice: false, zero: false },
    axis: {
      title: 'epoch',
      format: 'd',
      grid: false,
      tickMinStep: 1,
      tickCount: Math.max(2, Math.min(6, Math.floor(width / 45))),
    },
  };
  const names = endNames(curves, scale);
  return {
    width,
    height: HEIGHT,
    encoding: { x },
    layer: curves.flatMap(({ name, series, points }, index) => {
      const stroke = seriesColour(series);
      const best = name === 'validation' && unit === 'loss' ? lowest(points) : undefined;
      const end = names[index] as { readonly name: string; readonly shift: number };
      return [
        {
          data: { values: points },
          mark: {
            type: 'line',
            stroke,
            strokeWidth: 2,
            strokeDash: DASHES[series],
            ...(last < DOTS_BELOW
              ? { point: { filled: true, fill: stroke, stroke: null, size: 28, opacity: 1 } }
              : {}),
          },
          encoding: { y: y('value') },
        },
        ...(best === undefined
          ? []
          : [
              {
                data: { values: [best] },
                mark: {
                  type: 'point',
                  filled: true,
                  opacity: 1,
                  size: 90,
                  fill: stroke,
                  stroke: colour('surface'),
                  strokeWidth: 1.5,
                },
                encoding: { y: y('value') },
              },
            ]),
        {
          data: { values: points.slice(-1) },
          mark: {
            type: 'text',
            text: end.name,
            align: 'left',
            baseline: 'middle',
            dx: 7,
            dy: end.shift,
            fontSize: TEXT_SIZE.label,
          },
          encoding: { y: y('value') },
        },
      ];
    }),
  };
}

/** A value as the description says it. */
export function valueText(value: number, { unit }: CurvePanel): string {
  return unit === 'share' ? percentText(value) : String(Number(value.toPrecision(3)));
}

interface Scale {
  readonly type: 'linear' | 'log';
  readonly domain: readonly [number, number];
}

function scaleOf(unit: CurvePanel['unit'], curves: readonly Curve[]): Scale {
  const values = curves.flatMap(({ points }) => points.map(({ value }) => value));
  const low = Math.min(...values);
  const high = Math.max(...values);
  if (unit === 'share') return { type: 'linear', domain: [0, 1] };
  if (low > 0 && high / low > LOG_FROM) return { type: 'log', domain: [low / 1.2, high * 1.2] };
  const bottom = Math.min(0, low);
  return {
    type: 'linear',
    domain: [bottom, high > bottom ? high + (high - bottom) * 0.05 : bottom + 1],
  };
}

/** Powers of ten; with 2 and 5 times them where there are few. */
function logTicks([low, high]: readonly [number, number]): number[] {
  const decades = Math.log10(high / low);
  const steps = decades > 3 ? [1] : decades > 1.5 ? [1, 3] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += 1) {
    // A power of ten times a digit, without the error of 10 ** -3.
    for (const step of steps) ticks.push(Number(`${step}e${power}`));
  }
  return ticks.filter((tick) => tick >= low && tick <= high);
}

/** Where the names at the curves' ends go: beside the end, apart from each other. */
function endNames(
  curves: readonly Curve[],
  scale: Scale,
): { readonly name: string; readonly shift: number }[] {
  const ends = curves.map(({ points }) => pixel(points.at(-1)?.value as number, scale));
  const [first, second] = ends;
  if (first === undefined || second === undefined) {
    return curves.map(({ name }) => ({ name, shift: 0 }));
  }
  const missing = Math.max(0, NAME_DISTANCE - Math.abs(first - second)) / 2;
  const direction = first < second ? -1 : 1;
  return curves.map(({ name }, index) => ({
    name,
    shift: missing * (index === 0 ? direction : -direction),
  }));
}

/** From the top of the plot. */
function pixel(value: number, { type, domain }: Scale): number {
  const on = (number: number): number => (type === 'log' ? Math.log(number) : number);
  const [low, high] = [on(domain[0]), on(domain[1])];
  return HEIGHT * (1 - (on(value) - low) / (high - low));
}

function lowest(points: Curve['points']): Curve['points'][number] | undefined {
  let best = points[0];
  for (const point of points) if (best !== undefined && point.value < best.value) best = point;
  return best;
}
