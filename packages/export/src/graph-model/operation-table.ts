import { addN, binary, squaredDifference } from './operations/arithmetic.ts';
import { batchNormalization } from './operations/batch-normalization.ts';
import { concatenation } from './operations/concatenation.ts';
import { convolution, depthwiseConvolution } from './operations/convolution.ts';
import {
  cast,
  clipByValue,
  identity,
  leakyRelu,
  prelu,
  reciprocalRoot,
  relu6,
  softmax,
  square,
  unary,
} from './operations/elementwise.ts';
import { matrixProduct } from './operations/matrix-product.ts';
import { mirrorPadding, padding } from './operations/padding.ts';
import { pooling } from './operations/pooling.ts';
import { argument, reduction } from './operations/reduction.ts';
import { expandDims, reshape, squeeze } from './operations/reshape.ts';
import { bilinearResizing, nearestResizing } from './operations/resizing.ts';
import { reversal, slice, split, stridedSlice } from './operations/slicing.ts';
import { transposition } from './operations/transposition.ts';
import type { OperationConverter } from './operation-converter.ts';

/** How each operation that depends on the image is written, by TensorFlow's name. */
const CONVERTERS: Readonly<Record<string, OperationConverter>> = {
  Abs: unary('Abs'),
  Add: binary('Add'),
  AddN: addN,
  AddV2: binary('Add'),
  ArgMax: argument,
  ArgMin: argument,
  AvgPool: pooling('AveragePool'),
  BiasAdd: binary('Add'),
  Cast: cast,
  Ceil: unary('Ceil'),
  ClipByValue: clipByValue,
  ConcatV2: concatenation,
  Conv2D: convolution,
  Cos: unary('Cos'),
  DepthwiseConv2dNative: depthwiseConvolution,
  Div: binary('Div'),
  Elu: unary('Elu'),
  Erf: unary('Erf'),
  Exp: unary('Exp'),
  ExpandDims: expandDims,
  Floor: unary('Floor'),
  FusedBatchNorm: batchNormalization,
  FusedBatchNormV2: batchNormalization,
  FusedBatchNormV3: batchNormalization,
  FusedDepthwiseConv2dNative: depthwiseConvolution,
  Identity: identity,
  LeakyRelu: leakyRelu,
  Log: unary('Log'),
  LogSoftmax: softmax('LogSoftmax'),
  MatMul: matrixProduct,
  Max: reduction('ReduceMax', 'GlobalMaxPool'),
  Maximum: binary('Max'),
  MaxPool: pooling('MaxPool'),
  Mean: reduction('ReduceMean', 'GlobalAveragePool'),
  Min: reduction('ReduceMin'),
  Minimum: binary('Min'),
  MirrorPad: mirrorPadding,
  Mul: binary('Mul'),
  Neg: unary('Neg'),
  Pad: padding,
  PadV2: padding,
  Pow: binary('Pow'),
  Prelu: prelu,
  Prod: reduction('ReduceProd'),
  RealDiv: binary('Div'),
  Reciprocal: unary('Reciprocal'),
  Relu: unary('Relu'),
  Relu6: relu6,
  Reshape: reshape,
  ResizeBilinear: bilinearResizing,
  ResizeNearestNeighbor: nearestResizing,
  ReverseV2: reversal,
  Round: unary('Round'),
  Rsqrt: reciprocalRoot,
  Selu: unary('Selu'),
  Sigmoid: unary('Sigmoid'),
  Sign: unary('Sign'),
  Sin: unary('Sin'),
  Slice: slice,
  Snapshot: identity,
  Softmax: softmax('Softmax'),
  Softplus: unary('Softplus'),
  Split: split(true),
  SplitV: split(false),
  Sqrt: unary('Sqrt'),
  Square: square,
  SquaredDifference: squaredDifference,
  Squeeze: squeeze,
  StopGradient: identity,
  StridedSlice: stridedSlice,
  Sub: binary('Sub'),
  Sum: reduction('ReduceSum'),
  Tanh: unary('Tanh'),
  Transpose: transposition,
  _FusedConv2D: convolution,
  _FusedMatMul: matrixProduct,
};

/** The operations that {@link convertGraphModel} writes, by TensorFlow's name. */
export const SUPPORTED_OPERATIONS: readonly string[] = Object.keys(CONVERTERS);

/** Loops and branches: an ONNX classifier computes the same for every image. */
const CONTROL_FLOW = new Set([
  'Enter', 'Exit', 'If', 'LoopCond', 'Merge', 'NextIteration', 'PartitionedCall', 'StatefulPartitionedCall',
  'StatelessIf', 'StatelessWhile', 'Switch', 'While',
]); // prettier-ignore

const converters: ReadonlyMap<string, OperationConverter> = new Map(Object.entries(CONVERTERS));

/** How an operation is written, or why it is not. */
export function operationConverter(op: string): OperationConverter | string {
  const converter = converters.get(op);
  if (converter !== undefined) return converter;
  const isControlFlow = CONTROL_FLOW.has(op) || /^(?:TensorArray|TensorList)/u.test(op);
  return isControlFlow ? 'control flow cannot be written' : 'no converter for this operation';
}
