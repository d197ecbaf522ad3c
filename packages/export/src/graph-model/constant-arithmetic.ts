import { unsupported } from '../layer-converter.ts';
import { constantCount } from '../constant-limit.ts';
import { broadcastShape } from './constant-operand.ts';
import {
  constant,
  elementCount,
  isBatchMultiple,
  stridesOf,
  type ConstantTensor,
  type Size,
} from './graph-tensor.ts';
import { constantAt, numbersIn, type OperationPlace } from './operation-converter.ts';

const UNARY: ReadonlyMap<string, (x: number) => number> = new Map([
  ['Neg', (x) => -x],
  ['Abs', Math.abs],
  ['Sqrt', Math.sqrt],
  ['Rsqrt', (x) => 1 / Math.sqrt(x)],
  ['Square', (x) => x * x],
  ['Exp', Math.exp],
  ['Reciprocal', (x) => 1 / x],
  ['Relu', (x) => Math.max(x, 0)],
]);

const BINARY: ReadonlyMap<string, (a: number, b: number) => number> = new Map([
  ['Add', (a, b) => a + b],
  ['AddV2', (a, b) => a + b],
  ['BiasAdd', (a, b) => a + b],
  ['Sub', (a, b) => a - b],
  ['Mul', (a, b) => a * b],
  ['RealDiv', (a, b) => a / b],
  ['FloorDiv', (a, b) => Math.floor(a / b)],
  ['FloorMod', (a, b) => a - Math.floor(a / b) * b],
  ['Maximum', Math.max],
  ['Minimum', Math.min],
  ['Pow', Math.pow],
]);

/** A function of each element of a constant, in double precision and rounded once. */
export function computeUnary(place: OperationPlace): ConstantTensor | undefined {
  const compute = UNARY.get(place.node.op);
  if (compute === undefined) return undefined;
  const tensor = constantAt(place, 0);
  return constant(
    tensor.shape,
    rounded(numbersIn(tensor).map(compute), tensor.isFloat),
    tensor.isFloat,
  );
}

/** A function of two constants that broadcast. The batch may be multiplied and divided by numbers. */
export function computeArithmetic(place: OperationPlace): ConstantTensor | undefined {
  const compute = BINARY.get(place.node.op);
  if (compute === undefined) return undefined;
  const [a, b] = [constantAt(place, 0), constantAt(place, 1)];
  const shape = broadcastShape(a.shape, b.shape);
  const strides = stridesOf(shape);
  const count = constantCount(elementCount(shape));
  const [from, beside] = [reader(a, shape, strides), reader(b, shape, strides)];
  const data = Array.from({ length: count }, (_, flat) =>
    combine(place.node.op, compute, from(flat), beside(flat)),
  );
  const isFloat = a.isFloat || b.isFloat;
  return constant(shape, isFloat ? rounded(data, true) : data, isFloat);
}

function combine(op: string, compute: (a: number, b: number) => number, a: Size, b: Size): Size {
  if (!isBatchMultiple(a) && !isBatchMultiple(b)) return compute(a, b);
  if (op === 'Mul' && !(isBatchMultiple(a) && isBatchMultiple(b))) {
    return { perImage: perImage(a) * perImage(b) };
  }
  if ((op === 'FloorDiv' || op === 'RealDiv') && isBatchMultiple(a)) {
    const quotient = a.perImage / perImage(b);
    // N · k divided by N · m is a number; by a number it stays a multiple, when it comes out even.
    if (Number.isInteger(quotient)) return isBatchMultiple(b) ? quotient : { perImage: quotient };
  }
  throw unsupported('it computes with the size of the batch');
}

function perImage(size: Size): number {
  return isBatchMultiple(size) ? size.perImage : size;
}

function reader(
  tensor: ConstantTensor,
  shape: readonly number[],
  strides: readonly number[],
): (flat: number) => Size {
  const own = stridesOf(tensor.shape);
  const offset = shape.length - tensor.shape.length;
  return (flat) => {
    const at = tensor.shape.reduce((sum, size, axis) => {
      if (size === 1) return sum;
      const index = Math.floor(flat / (strides[axis + offset] as number)) % size;
      return sum + index * (own[axis] as number);
    }, 0);
    return tensor.data[at] as Size;
  };
}

function rounded(data: readonly Size[], isFloat: boolean): ArrayLike<Size> {
  return isFloat && !data.some(isBatchMultiple)
    ? Float32Array.from(data as readonly number[])
    : data;
}
