import { unsupported } from '../layer-converter.ts';
import {
  constant,
  elementCount,
  fullShape,
  isBatchMultiple,
  stridesOf,
  type ConstantTensor,
  type Size,
} from './graph-tensor.ts';
import { flagOf, isFloatType, numberOf, numbersOf, typeOf } from './node-attributes.ts';
import { constantCount } from '../constant-limit.ts';
import { computeArithmetic, computeUnary } from './constant-arithmetic.ts';
import {
  constantAt,
  inputAt,
  numberAt,
  numbersAt,
  resolveAxis,
  type OperationPlace,
} from './operation-converter.ts';
import { stridedSliceSpec } from './slice-range.ts';

type Fold = (place: OperationPlace) => ConstantTensor;

/**
 * Computes an operation whose inputs are known before any image is: what is left of shape arithmetic, such as the
 * `[batch, 1, 1, channels]` that a Reshape takes. Undefined for an operation that it does not know.
 */
export function foldConstants(
  place: OperationPlace,
): ConstantTensor | readonly ConstantTensor[] | undefined {
  const { op } = place.node;
  if (op === 'Shape') return shapeOfInput(place);
  if (!place.inputs.every((input) => input.kind === 'constant')) return undefined;
  if (op === 'Unpack') return unpack(place);
  const fold = FOLDS.get(op);
  if (fold !== undefined) return fold(place);
  return computeUnary(place) ?? computeArithmetic(place);
}

/** The shape of an input, the batch as {@link BATCH}. */
function shapeOfInput(place: OperationPlace): ConstantTensor {
  const shape = fullShape(inputAt(place, 0));
  return constant([shape.length], shape, false);
}

const FOLDS: ReadonlyMap<string, Fold> = new Map<string, Fold>([
  ['Identity', (place) => constantAt(place, 0)],
  ['PlaceholderWithDefault', (place) => constantAt(place, 0)],
  ['Snapshot', (place) => constantAt(place, 0)],
  ['StopGradient', (place) => constantAt(place, 0)],
  ['Cast', castConstant],
  ['Pack', pack],
  ['ConcatV2', concat],
  ['StridedSlice', sliceConstant],
  ['Gather', (place) => gather(place, 0)],
  ['GatherV2', (place) => gather(place, numberAt(place, 2))],
  ['Prod', product],
  ['Reshape', (place) => withShape(constantAt(place, 0), reshaped(place))],
  ['ExpandDims', expand],
  ['Squeeze', squeezed],
  ['Fill', fill],
  ['Range', range],
  ['Transpose', transpose],
  ['Tile', (place) => spread(place, tiledShape(place))],
  ['BroadcastTo', (place) => spread(place, numbersAt(place, 1))],
]);

function withShape(tensor: ConstantTensor, shape: readonly number[]): ConstantTensor {
  if (elementCount(shape) !== tensor.data.length) {
    throw unsupported(`${tensor.data.length} constants do not fit into [${shape.join(', ')}]`);
  }
  return { ...tensor, shape };
}

/** To integers the fraction is cut off, as tfjs does. */
function castConstant(place: OperationPlace): ConstantTensor {
  const tensor = constantAt(place, 0);
  const isFloat = isFloatType(typeOf(place.node, 'DstT'));
  const data = Array.from(tensor.data, (size) =>
    isFloat || isBatchMultiple(size) ? size : Math.trunc(size),
  );
  return constant(tensor.shape, data, isFloat);
}

function pack(place: OperationPlace): ConstantTensor {
  const tensors = place.inputs.map((_, index) => constantAt(place, index));
  if ((numberOf(place.node, 'axis') ?? 0) !== 0) throw unsupported('it packs along an inner axis');
  const [first] = tensors;
  if (first === undefined) throw unsupported('it has no inputs');
  if (tensors.some(({ shape }) => elementCount(shape) !== elementCount(first.shape))) {
    throw unsupported('its inputs differ in shape');
  }
  const data = tensors.flatMap((tensor) => Array.from(tensor.data));
  return constant([tensors.length, ...first.shape], data, first.isFloat);
}

/** Unpack of a list: one output an element. */
function unpack(place: OperationPlace): readonly ConstantTensor[] {
  const { shape, data, isFloat } = constantAt(place, 0);
  if (shape.length !== 1) throw unsupported('it unpacks more than a list');
  return Array.from(data, (size) => constant([], [size], isFloat));
}

function concat(place: OperationPlace): ConstantTensor {
  const last = place.inputs.length - 1;
  const tensors = place.inputs.slice(0, last).map((_, index) => constantAt(place, index));
  if (
    tensors.some(({ shape }) => shape.length !== 1) ||
    resolveAxis(numberAt(place, last), 1) !== 0
  ) {
    throw unsupported('it joins constants that are not lists');
  }
  const data = tensors.flatMap((tensor) => Array.from(tensor.data));
  return constant([data.length], data, tensors[0]?.isFloat ?? false);
}

function sliceConstant(place: OperationPlace): ConstantTensor {
  const tensor = constantAt(place, 0);
  const [begin, end, strides] = [1, 2, 3].map((index) => Array.from(constantAt(place, index).data));
  const spec = stridedSliceSpec(place.node, tensor.shape, begin ?? [], end ?? [], strides ?? []);
  const counts = spec.ranges.map(({ count }) => count as number);
  const data = pick(tensor, counts, (index) =>
    index.map((at, axis) => {
      const { start = 0, step = 1 } = spec.ranges[axis] ?? {};
      return start + at * step;
    }),
  );
  const shape = spec.axes.map((axis) => (axis === 'new' ? 1 : (counts[axis] as number)));
  return constant(shape, data, tensor.isFloat);
}

/** Elements of the first axis, by a list or by one index. */
function gather(place: OperationPlace, axis: number): ConstantTensor {
  const tensor = constantAt(place, 0);
  const indices = constantAt(place, 1);
  if (tensor.shape.length !== 1 || axis !== 0)
    throw unsupported('it gathers from more than a list');
  const data = numbersAt(place, 1).map((index) => {
    const size = tensor.data[index];
    if (size === undefined) throw unsupported(`it takes element ${index} of ${tensor.data.length}`);
    return size;
  });
  return constant(indices.shape, data, tensor.isFloat);
}

/** Prod of a list, of which one element may be the batch. */
function product(place: OperationPlace): ConstantTensor {
  const tensor = constantAt(place, 0);
  if (tensor.shape.length > 1) throw unsupported('it multiplies more than a list');
  const data = Array.from(tensor.data);
  const batches = data.filter(isBatchMultiple);
  if (batches.length > 1) throw unsupported('it multiplies the batch with itself');
  const value = data.reduce<number>(
    (all, size) => all * (isBatchMultiple(size) ? size.perImage : size),
    1,
  );
  const size: Size = batches.length === 0 ? value : { perImage: value };
  return constant(flagOf(place.node, 'keep_dims') ? [1] : [], [size], tensor.isFloat);
}

function reshaped(place: OperationPlace): readonly number[] {
  const target = numbersAt(place, 1);
  const known = target.reduce((all, size) => (size === -1 ? all : all * size), 1);
  return target.map((size) => (size === -1 ? constantAt(place, 0).data.length / known : size));
}

function expand(place: OperationPlace): ConstantTensor {
  const tensor = constantAt(place, 0);
  const axis = resolveAxis(numberAt(place, 1), tensor.shape.length + 1);
  return { ...tensor, shape: tensor.shape.toSpliced(axis, 0, 1) };
}

function squeezed(place: OperationPlace): ConstantTensor {
  const tensor = constantAt(place, 0);
  const axes = (numbersOf(place.node, 'squeeze_dims') ?? []).map((axis) =>
    resolveAxis(axis, tensor.shape.length),
  );
  const isKept = (size: number, axis: number): boolean =>
    axes.length === 0 ? size !== 1 : !axes.includes(axis);
  return withShape(tensor, tensor.shape.filter(isKept));
}

function fill(place: OperationPlace): ConstantTensor {
  const shape = numbersAt(place, 0);
  const value = constantAt(place, 1);
  return constant(shape, zeros(elementCount(shape)).fill(numberAt(place, 1)), value.isFloat);
}

function range(place: OperationPlace): ConstantTensor {
  const [start, limit, delta] = [0, 1, 2].map((index) => numberAt(place, index)) as [
    number,
    number,
    number,
  ];
  const count = Math.max(Math.ceil((limit - start) / delta), 0);
  const data = zeros(count).map((_, index) => start + index * delta);
  return constant([data.length], data, constantAt(place, 0).isFloat);
}

function transpose(place: OperationPlace): ConstantTensor {
  const tensor = constantAt(place, 0);
  const permutation = numbersAt(place, 1);
  const shape = permutation.map(
    (axis) => tensor.shape[resolveAxis(axis, tensor.shape.length)] as number,
  );
  const data = pick(tensor, shape, (index) =>
    tensor.shape.map((_, axis) => index[permutation.indexOf(axis)] ?? 0),
  );
  return constant(shape, data, tensor.isFloat);
}

function tiledShape(place: OperationPlace): readonly number[] {
  const { shape } = constantAt(place, 0);
  const times = numbersAt(place, 1);
  if (times.length !== shape.length) throw unsupported('its multiples do not name every axis');
  return shape.map((size, axis) => size * (times[axis] as number));
}

/** Repeats a constant until it has this shape. */
function spread(place: OperationPlace, shape: readonly number[]): ConstantTensor {
  const tensor = constantAt(place, 0);
  const offset = shape.length - tensor.shape.length;
  const data = pick(tensor, shape, (index) =>
    tensor.shape.map((size, axis) => (index[axis + offset] as number) % size),
  );
  return constant(shape, data, tensor.isFloat);
}

/** The elements of a tensor of `shape`, each taken from where `from` says. */
function pick(
  tensor: ConstantTensor,
  shape: readonly number[],
  from: (index: readonly number[]) => readonly number[],
): Size[] {
  const [outer, inner] = [stridesOf(shape), stridesOf(tensor.shape)];
  return zeros(elementCount(shape)).map((_, flat) => {
    const index = shape.map((size, axis) => Math.floor(flat / (outer[axis] as number)) % size);
    const at = from(index).reduce(
      (sum, position, axis) => sum + position * (inner[axis] as number),
      0,
    );
    return tensor.data[at] as Size;
  });
}

function zeros(count: number): number[] {
  return new Array<number>(constantCount(count)).fill(0);
}
