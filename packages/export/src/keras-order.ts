import { intAttribute, intsAttribute } from './attribute.ts';
import type { GraphDraft } from './graph-draft.ts';
import { onnxShape, spatialShape, valueCount, type Spatial, type Value } from './value.ts';

/** Flattens without moving data: for a feature map the order is ONNX's, and the result says so. */
export function flatten(draft: GraphDraft, value: Value, name: string): Value {
  if (value.shape.length === 1) return value;
  const attributes = [intAttribute('axis', 1)];
  const flat: Value = {
    name: draft.add('Flatten', { name, inputs: [value.name], attributes }),
    shape: [valueCount(value)],
  };
  const from = spatialShape(value);
  return from === undefined || isOrderFree(from) ? flat : { ...flat, flattenedFrom: from };
}

/** The value with its elements in Keras' order, moved by a Transpose where that is needed. */
export function inKerasOrder(draft: GraphDraft, value: Value): Value {
  if (value.flattenedFrom === undefined) return value;
  const attributes = [intAttribute('axis', 1)];
  const inputs = [pixelsOf(draft, value)];
  const name = draft.add('Flatten', { name: `${value.name}/Flatten`, inputs, attributes });
  return { name, shape: value.shape };
}

/**
 * Reshapes as Keras does, which sees rows, columns, channels. A feature map that becomes a vector keeps ONNX's
 * order and says so; where the order matters, there is a Transpose.
 */
export function reshapeTo(
  draft: GraphDraft,
  value: Value,
  shape: readonly number[],
  name: string,
): Value {
  if (shape.join() === value.shape.join()) return value;
  if (shape.length === 1) return flatten(draft, value, name);
  const to = spatialShape({ shape });
  const reshape = (input: string, dims: readonly number[], as: string): string =>
    draft.add('Reshape', {
      name: as,
      inputs: [input, draft.integersOf(`${name}/shape`, [0, ...dims])],
    });
  const from = value.flattenedFrom;
  const isBack =
    from?.height === to?.height && from?.width === to?.width && from?.channels === to?.channels;
  if (to !== undefined && isBack) {
    return { name: reshape(value.name, onnxShape(shape), name), shape };
  }
  const pixels = pixelsOf(draft, value);
  if (to === undefined || isOrderFree(to)) {
    return { name: reshape(pixels, onnxShape(shape), name), shape };
  }
  const rows = reshape(pixels, shape, `${name}/hwc`);
  const attributes = [intsAttribute('perm', [0, 3, 1, 2])];
  return { name: draft.add('Transpose', { name, inputs: [rows], attributes }), shape };
}

/** Whether rows-columns-channels and channels-rows-columns are the same sequence. */
function isOrderFree({ height, width, channels }: Spatial): boolean {
  return height * width === 1 || channels === 1;
}

/** Rows of `width` numbers, one for each value in the order rows, columns, channels, in ONNX's order. */
export function rowsInOnnxOrder(
  rows: Float32Array,
  { height, width: columns, channels }: Spatial,
  width: number,
): Float32Array {
  const ordered = new Float32Array(rows.length);
  const area = height * columns;
  for (let pixel = 0; pixel < area; pixel++) {
    for (let channel = 0; channel < channels; channel++) {
      const from = (pixel * channels + channel) * width;
      const to = (channel * area + pixel) * width;
      for (let at = 0; at < width; at++) ordered[to + at] = rows[from + at] as number;
    }
  }
  return ordered;
}

/**
 * One number for each value, as a constant in the order of `like`, with its dimensions: what Keras keeps as
 * `shape`, of which entries may be 1 and then hold for the whole axis.
 */
export function elementwise(
  data: Float32Array,
  shape: readonly number[],
  like: Value,
): { readonly dims: readonly number[]; readonly data: Float32Array } {
  const order = spatialShape({ shape }) ?? like.flattenedFrom;
  const isOne = order === undefined || data.length === 1;
  return { dims: onnxShape(shape), data: isOne ? data : rowsInOnnxOrder(data, order, 1) };
}

/** The ONNX tensor whose values run as Keras' do. */
function pixelsOf(draft: GraphDraft, value: Value): string {
  const from = value.flattenedFrom ?? spatialShape(value);
  if (from === undefined || isOrderFree(from)) return value.name;
  let planes = value.name;
  if (value.flattenedFrom !== undefined) {
    const dims = [0, from.channels, from.height, from.width];
    const shape = draft.integersOf(`${value.name}/chw`, dims);
    planes = draft.add('Reshape', { name: `${value.name}/Reshape`, inputs: [value.name, shape] });
  }
  const attributes = [intsAttribute('perm', [0, 2, 3, 1])];
  return draft.add('Transpose', {
    name: `${value.name}/Transpose`,
    inputs: [planes],
    attributes,
  });
}
