/** The part of the plane that a map shows, in pixels and in the map's own units. */
export interface MapFrame {
  readonly width: number;
  readonly height: number;
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  /** Of the map, per pixel: the same in both directions, so that distances are not stretched. */
  readonly unit: number;
}

const WIDTH = 440;
const HEIGHTS = [300, 440] as const;
/** Room for the symbols at the edge, in pixels. */
const MARGIN = 14;

/** A frame around all points, without stretching either direction. */
export function squareFrame(points: readonly (readonly number[])[]): MapFrame {
  const x = extent(points.map((point) => point[0] as number));
  const y = extent(points.map((point) => point[1] as number));
  const ratio = x.span > 0 ? y.span / x.span : 1;
  const height = Math.max(HEIGHTS[0], Math.min(HEIGHTS[1], Math.round(WIDTH * ratio)));
  const largest = Math.max(x.span / (WIDTH - 2 * MARGIN), y.span / (height - 2 * MARGIN));
  const unit = largest > 0 ? largest : 1 / WIDTH;
  return {
    width: WIDTH,
    height,
    x: [x.middle - (unit * WIDTH) / 2, x.middle + (unit * WIDTH) / 2],
    y: [y.middle - (unit * height) / 2, y.middle + (unit * height) / 2],
    unit,
  };
}

function extent(values: readonly number[]): { middle: number; span: number } {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return { middle: (low + high) / 2, span: high - low };
}
