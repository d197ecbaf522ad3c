import { unsupported } from '../layer-converter.ts';
import type { GraphNode } from './graph-def.ts';
import { isBatchMultiple, type Size } from './graph-tensor.ts';
import { numberOf } from './node-attributes.ts';

/** What is taken along one axis: `count` elements from `start` on, `step` apart. */
export interface SliceRange {
  readonly start: number;
  readonly step: number;
  /** The batch itself when the axis is the batch, which is only taken whole. */
  readonly count: Size;
}

/** A StridedSlice, its masks worked out. */
export interface SliceSpec {
  /** One an axis of the input. */
  readonly ranges: readonly SliceRange[];
  /** The output's axes: an axis of the input, or `new` for one of size 1. */
  readonly axes: readonly (number | 'new')[];
}

/** Works out a StridedSlice: https://www.tensorflow.org/api_docs/python/tf/strided_slice */
export function stridedSliceSpec(
  node: GraphNode,
  shape: readonly Size[],
  begin: readonly Size[],
  end: readonly Size[],
  strides: readonly Size[],
): SliceSpec {
  const has = (mask: string, index: number): boolean =>
    (((numberOf(node, mask) ?? 0) >> index) & 1) === 1;
  const ranges: SliceRange[] = [];
  const axes: (number | 'new')[] = [];
  const takeWhole = (): void => {
    axes.push(ranges.length);
    ranges.push({ start: 0, step: 1, count: shape[ranges.length] ?? 0 });
  };
  for (const index of begin.keys()) {
    if (has('ellipsis_mask', index)) {
      const isNew = (_: Size, later: number): boolean =>
        later > index && has('new_axis_mask', later);
      const behind = begin.length - index - 1 - begin.filter(isNew).length;
      while (ranges.length < shape.length - behind) takeWhole();
      continue;
    }
    if (has('new_axis_mask', index)) {
      axes.push('new');
      continue;
    }
    const size = shape[ranges.length];
    if (size === undefined) throw unsupported(`it slices more than the ${shape.length} axes`);
    const isShrunk = has('shrink_axis_mask', index);
    if (!isShrunk) axes.push(ranges.length);
    ranges.push(
      rangeOf(size, {
        begin: has('begin_mask', index) && !isShrunk ? undefined : begin[index],
        end: has('end_mask', index) && !isShrunk ? undefined : end[index],
        step: strides[index] ?? 1,
        isShrunk,
      }),
    );
  }
  while (ranges.length < shape.length) takeWhole();
  return { ranges, axes };
}

/** One axis of a StridedSlice; a bound that its mask leaves out is undefined. */
interface AxisSlice {
  readonly begin: Size | undefined;
  readonly end: Size | undefined;
  readonly step: Size;
  readonly isShrunk: boolean;
}

function rangeOf(size: Size, { begin, end, step, isShrunk }: AxisSlice): SliceRange {
  if (isBatchMultiple(step) || step === 0) throw unsupported('its strides are not numbers');
  if (isBatchMultiple(size)) {
    const reachesEnd = end === undefined || (isBatchMultiple(end) && end.perImage >= size.perImage);
    const isWhole = (begin === undefined || begin === 0) && reachesEnd && step === 1 && !isShrunk;
    if (!isWhole) throw unsupported('it takes a part of the batch');
    return { start: 0, step, count: size };
  }
  if (isBatchMultiple(begin) || isBatchMultiple(end)) {
    throw unsupported('its bounds depend on the size of the batch');
  }
  if (isShrunk) {
    const start = (begin ?? 0) < 0 ? (begin ?? 0) + size : (begin ?? 0);
    if (start < 0 || start >= size) throw unsupported(`it takes element ${start} of ${size}`);
    return { start, step: 1, count: 1 };
  }
  const [lowest, highest] = step > 0 ? [0, size] : [-1, size - 1];
  const bound = (value: number | undefined, otherwise: number): number => {
    if (value === undefined) return otherwise;
    return Math.min(Math.max(value < 0 ? value + size : value, lowest), highest);
  };
  const start = bound(begin, step > 0 ? lowest : highest);
  const stop = bound(end, step > 0 ? highest : lowest);
  return { start, step, count: Math.max(Math.ceil((stop - start) / step), 0) };
}
