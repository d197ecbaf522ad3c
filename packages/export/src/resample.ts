import { intAttribute } from './attribute.ts';
import type { GraphDraft } from './graph-draft.ts';
import { constantCount } from './constant-limit.ts';
import { toOihw } from './kernel-order.ts';
import type { Spatial, Value } from './value.ts';
import { ofBoundedSize } from './value-limit.ts';

/** How {@link resample} writes another size. */
export interface ResampleOptions {
  readonly name: string;
  readonly height: number;
  readonly width: number;
  readonly interpolation: 'bilinear' | 'nearest';
}

/**
 * A feature map of another size as TensorFlow 2 makes it: by pixels' centres, without antialiasing. Not by Resize, which
 * takes a size only together with the batch's, and else a factor whose rounding can lose a pixel: bilinear is two
 * products with the matrices of its weights, nearest two Gathers.
 */
export function resample(
  draft: GraphDraft,
  input: Value,
  from: Spatial,
  options: ResampleOptions,
): Value {
  const { height, width } = options;
  const shape = [height, width, from.channels];
  // Before the places or weights of so many pixels are made.
  ofBoundedSize({ shape });
  const write = options.interpolation === 'nearest' ? writeNearest : writeBilinear;
  return { name: write(draft, input, from, options), shape };
}

function writeNearest(
  draft: GraphDraft,
  input: Value,
  from: Spatial,
  { name, height, width }: ResampleOptions,
): string {
  const take = (as: string, value: string, axis: number, places: readonly number[]): string =>
    draft.add('Gather', {
      name: as,
      inputs: [value, draft.integersOf(`${as}/places`, places)],
      attributes: [intAttribute('axis', axis)],
    });
  const rows = take(`${name}/rows`, input.name, 2, nearest(from.height, height));
  return take(name, rows, 3, nearest(from.width, width));
}

function nearest(from: number, to: number): readonly number[] {
  return Array.from({ length: constantCount(to) }, (_, index) =>
    Math.floor(((index + 0.5) * from) / to),
  );
}

function writeBilinear(
  draft: GraphDraft,
  input: Value,
  from: Spatial,
  { name, height, width }: ResampleOptions,
): string {
  const left = toOihw(bilinear(from.height, height), 1, from.height, height);
  const rows = draft.add('MatMul', {
    name: `${name}/rows`,
    inputs: [draft.float(`${name}/left`, [height, from.height], left), input.name],
  });
  const right = bilinear(from.width, width);
  const inputs = [rows, draft.float(`${name}/right`, [from.width, width], right)];
  return draft.add('MatMul', { name, inputs });
}

/** What each of `from` lines gives to each of `to`. */
function bilinear(from: number, to: number): Float32Array {
  const weights = new Float32Array(constantCount(from * to));
  for (let index = 0; index < to; index++) {
    const place = ((index + 0.5) * from) / to - 0.5;
    const low = Math.floor(place);
    for (const [line, weight] of [
      [low, 1 - (place - low)],
      [low + 1, place - low],
    ] as const) {
      const at = Math.min(Math.max(line, 0), from - 1) * to + index;
      weights[at] = (weights[at] as number) + weight;
    }
  }
  return weights;
}
