import type { GraphDraft } from '../../graph-draft.ts';
import { inKerasOrder, reshapeTo } from '../../keras-order.ts';
import { unsupported } from '../../layer-converter.ts';
import type { Value } from '../../value.ts';
import {
  activation,
  BATCH,
  fullShape,
  isBatchMultiple,
  type GraphTensor,
} from '../graph-tensor.ts';
import { notBatch, tensorAxis } from '../nchw.ts';
import { numberOf } from '../node-attributes.ts';
import {
  constantAt,
  numberAt,
  numbersAt,
  resolveAxis,
  valueAt,
  type OperationConverter,
} from '../operation-converter.ts';
import { stridedSliceSpec, type SliceRange } from '../slice-range.ts';

/** Slice: a box of `size` (-1 for all that is left) from `begin` on. */
export const slice: OperationConverter = (place) => {
  const input = inKerasOrder(place.draft, valueAt(place, 0));
  const shape = fullShape(activation(input));
  const begin = numbersAt(place, 1);
  const sizes = Array.from(constantAt(place, 2).data);
  if (begin.length !== shape.length || sizes.length !== shape.length) {
    throw unsupported('its begin and size do not name every axis');
  }
  const ranges = shape.map((whole, axis): SliceRange => {
    const [start, size] = [begin[axis] as number, sizes[axis] ?? -1];
    if (isBatchMultiple(whole)) {
      if (start !== 0 || !(size === -1 || isBatchMultiple(size))) {
        throw unsupported('it takes a part of the batch');
      }
      return { start, step: 1, count: BATCH };
    }
    const count = size === -1 ? whole - start : size;
    if (isBatchMultiple(count) || start < 0 || count < 1 || start + count > whole) {
      throw unsupported(`it takes what is outside of [${input.shape.join(', ')}]`);
    }
    return { start, step: 1, count };
  });
  return activation(take(place.draft, input, ranges, place.node.name));
};

/** StridedSlice, with all its masks. */
export const stridedSlice: OperationConverter = (place) => {
  const input = inKerasOrder(place.draft, valueAt(place, 0));
  const [begin, end, strides] = [1, 2, 3].map((index) => Array.from(constantAt(place, index).data));
  const { name } = place.node;
  const spec = stridedSliceSpec(
    place.node,
    fullShape(activation(input)),
    begin ?? [],
    end ?? [],
    strides ?? [],
  );
  const taken = take(place.draft, input, spec.ranges, name);
  const [batch, ...rest] = spec.axes;
  if (batch !== 0) throw unsupported('it puts an axis before the batch');
  const shape = rest.map((axis) => (axis === 'new' ? 1 : (taken.shape[axis - 1] as number)));
  return activation(reshapeTo(place.draft, taken, shape, `${name}/shape`));
};

/** Split and SplitV: a Slice for each part. `axisFirst` tells Split's order of inputs. */
export function split(axisFirst: boolean): OperationConverter {
  return (place): readonly GraphTensor[] => {
    const { draft, node } = place;
    const input = inKerasOrder(draft, valueAt(place, axisFirst ? 1 : 0));
    const axis = notBatch(resolveAxis(numberAt(place, axisFirst ? 0 : 2), input.shape.length + 1));
    const whole = input.shape[axis - 1] as number;
    const sizes = axisFirst
      ? evenly(whole, numberOf(node, 'num_split') ?? 1)
      : fill(whole, numbersAt(place, 1));
    let start = 0;
    return sizes.map((count, part) => {
      const ranges = fullShape(activation(input)).map((size): SliceRange => ({
        start: 0,
        step: 1,
        count: size,
      }));
      const range = { start, step: 1, count };
      start += count;
      return activation(take(draft, input, ranges.with(axis, range), `${node.name}/${part}`));
    });
  };
}

/** ReverseV2, as models write RGB to BGR. */
export const reversal: OperationConverter = (place) => {
  const input = inKerasOrder(place.draft, valueAt(place, 0));
  const rank = input.shape.length + 1;
  const axes = new Set(numbersAt(place, 1).map((axis) => notBatch(resolveAxis(axis, rank))));
  const ranges = fullShape(activation(input)).map((count, axis): SliceRange => {
    if (isBatchMultiple(count) || !axes.has(axis)) return { start: 0, step: 1, count };
    return { start: count - 1, step: -1, count };
  });
  return activation(take(place.draft, input, ranges, place.node.name));
};

/** A Slice of the axes that are not taken whole. */
function take(draft: GraphDraft, value: Value, ranges: readonly SliceRange[], name: string): Value {
  const parts = value.shape.flatMap((size, index) => {
    const range = ranges[index + 1];
    if (range === undefined || isBatchMultiple(range.count)) return [];
    const { start, step, count } = range;
    if (start === 0 && step === 1 && count === size) return [];
    if (count < 1) throw unsupported('it takes nothing');
    // Past the beginning, backwards, is a number that ONNX cannot take for one counted from the end.
    const last = start + step * count;
    const end = last < 0 ? -size - 1 : last;
    return [{ axis: tensorAxis(value, index + 1), start, end, step }];
  });
  if (parts.length === 0) return value;
  const integers = (key: 'start' | 'end' | 'axis' | 'step'): string =>
    draft.integersOf(`${name}/${key}`, parts.map((part) => part[key])); // prettier-ignore
  const inputs = [
    value.name,
    integers('start'),
    integers('end'),
    integers('axis'),
    integers('step'),
  ];
  const shape = value.shape.map((size, index) => {
    const count = ranges[index + 1]?.count;
    return typeof count === 'number' ? count : size;
  });
  return { name: draft.add('Slice', { name, inputs }), shape };
}

/** More parts than a classifier's channels are split into; a bound on what a hostile number allocates. */
const MOST_PARTS = 65_536;

function evenly(whole: number, parts: number): readonly number[] {
  const size = whole / parts;
  if (!Number.isInteger(size) || parts < 1 || parts > MOST_PARTS)
    throw unsupported(`${whole} does not split into ${parts}`);
  return new Array<number>(parts).fill(size);
}

/** SplitV's sizes, of which one may be -1. */
function fill(whole: number, sizes: readonly number[]): readonly number[] {
  const known = sizes.reduce((sum, size) => (size === -1 ? sum : sum + size), 0);
  const filled = sizes.map((size) => (size === -1 ? whole - known : size));
  const isFit = filled.reduce((a, b) => a + b, 0) === whole && filled.every((size) => size > 0);
  if (!isFit) throw unsupported(`${whole} does not split into [${sizes.join(', ')}]`);
  return filled;
}
