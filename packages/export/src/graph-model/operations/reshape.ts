import { reshapeTo } from '../../keras-order.ts';
import { unsupported } from '../../layer-converter.ts';
import {
  elementCount,
  isBatchMultiple,
  type ActivationTensor,
  type GraphTensor,
  type Size,
} from '../graph-tensor.ts';
import { numbersOf } from '../node-attributes.ts';
import {
  constantAt,
  inputAt,
  numberAt,
  resolveAxis,
  valueAt,
  type OperationConverter,
  type OperationPlace,
} from '../operation-converter.ts';
import { notBatch } from '../nchw.ts';

/** Reshape that keeps the batch in front, or that views the last axis' vectors as the rows of a matrix. */
export const reshape: OperationConverter = (place): GraphTensor => {
  const input = inputAt(place, 0);
  if (input.kind === 'constant') throw unsupported('its input is a constant');
  const target = Array.from(constantAt(place, 1).data);
  const { shape } = input.value;
  const last = shape.at(-1) ?? 1;
  if (target.length === 2 && shape.length > 1 && isRowsOf(target, shape)) {
    return { ...input, isRows: true };
  }
  if (input.isRows === true) return leaveRows(place, input, target, last);
  return viewOf(place, input, perImageShape(target, elementCount(shape)));
};

/** Squeeze of sizes that are 1. */
export const squeeze: OperationConverter = (place) => {
  const value = valueAt(place, 0);
  const rank = value.shape.length + 1;
  const listed = numbersOf(place.node, 'squeeze_dims') ?? numbersOf(place.node, 'axis') ?? [];
  const axes = listed.map((axis) => notBatch(resolveAxis(axis, rank)));
  const isDropped = (size: number, index: number): boolean =>
    axes.length === 0 ? size === 1 : axes.includes(index + 1);
  const kept = value.shape.filter((size, index) => !isDropped(size, index));
  if (elementCount(kept) !== elementCount(value.shape)) {
    throw unsupported(`it squeezes a size of [${value.shape.join(', ')}] that is not 1`);
  }
  return viewOf(place, { kind: 'activation', value }, kept);
};

/** ExpandDims anywhere behind the batch. */
export const expandDims: OperationConverter = (place) => {
  const { shape } = valueAt(place, 0);
  const axis = notBatch(resolveAxis(numberAt(place, 1), shape.length + 2));
  return viewOf(place, inputAt(place, 0) as ActivationTensor, shape.toSpliced(axis - 1, 0, 1));
};

function viewOf(
  { draft, node }: OperationPlace,
  { value, pixel }: ActivationTensor,
  shape: readonly number[],
): GraphTensor {
  if (pixel?.shape.join() === shape.join()) return { kind: 'activation', value: pixel };
  const view = reshapeTo(draft, value, shape, node.name);
  const isPixel = shape.length === 1 && value.shape.length === 3 && value.shape.at(-1) === shape[0];
  return { kind: 'activation', value: view, ...(isPixel ? { pixel: value } : {}) };
}

/** From rows back to `[N, …, C]`: the axes before the last must be the same. */
function leaveRows(
  place: OperationPlace,
  { value }: ActivationTensor,
  target: readonly Size[],
  last: number,
): GraphTensor {
  const shape = perImageShape(target, elementCount(value.shape));
  if (shape.at(-1) === last || elementCount(shape) === elementCount(value.shape)) {
    return viewOf(place, { kind: 'activation', value }, shape);
  }
  throw unsupported(`its rows do not make [${shape.join(', ')}]`);
}

/** Whether a target of two sizes is `[N · rows, last]`. */
function isRowsOf(target: readonly Size[], shape: readonly number[]): boolean {
  const [rows, columns] = target;
  const last = shape.at(-1);
  const perImage = elementCount(shape.slice(0, -1));
  if (columns !== last && columns !== -1) return false;
  if (isBatchMultiple(rows)) return rows.perImage === perImage && perImage !== 1;
  return rows === -1 && columns === last && perImage !== 1;
}

/** The shape without the batch, the one size that may be -1 worked out. */
function perImageShape(target: readonly Size[], count: number): readonly number[] {
  const [batch, ...rest] = target;
  const text = `[${target.map((size) => (isBatchMultiple(size) ? `${size.perImage}N` : size)).join(', ')}]`;
  // A graph that was frozen for one image says 1 where others say N.
  const isBatch = isBatchMultiple(batch) ? batch.perImage === 1 : batch === -1 || batch === 1;
  if (!isBatch || rest.some(isBatchMultiple))
    throw unsupported(`its shape ${text} mixes the batch with the image`);
  const sizes = rest as readonly number[];
  const known = sizes.reduce((product, size) => (size === -1 ? product : product * size), 1);
  const shape = sizes.map((size) => (size === -1 ? count / known : size));
  if (elementCount(shape) !== count || !shape.every((size) => Number.isInteger(size) && size > 0)) {
    throw unsupported(`${count} values do not fit into ${text}`);
  }
  return shape;
}
