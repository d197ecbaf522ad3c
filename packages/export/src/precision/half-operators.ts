/** How an operator takes part in float16. */
export interface HalfOperator {
  /**
   * `computes`: it is worth its Casts, so that it always runs in float16. `follows`: it does so only when all that
   * it reads is float16 already.
   */
  readonly role: 'computes' | 'follows';
  /** Which inputs are of the type T of the result; the others (shapes, indices, the scales of Resize) stay as they are. */
  readonly typed: 'all' | readonly number[];
}

const computes: HalfOperator = { role: 'computes', typed: 'all' };
const follows: HalfOperator = { role: 'follows', typed: 'all' };
const followsFirst: HalfOperator = { role: 'follows', typed: [0] };

/**
 * The operators that may run in float16. Every other one stays in float32, also one that nobody thought of here:
 * sums over many values (ReduceL2, ReduceMean, GlobalAveragePool, Softmax and every normalisation), whose partial
 * sums overflow or stall, and Div, whose divisor (a norm, a temperature) may be too small.
 */
export const HALF_OPERATORS: Readonly<Partial<Record<string, HalfOperator>>> = {
  Conv: computes,
  ConvTranspose: computes,
  Gemm: computes,
  MatMul: computes,
  Add: follows,
  Sub: follows,
  Mul: follows,
  Max: follows,
  Min: follows,
  Abs: follows,
  Neg: follows,
  Relu: follows,
  LeakyRelu: follows,
  PRelu: follows,
  Elu: follows,
  Selu: follows,
  Clip: follows,
  Sigmoid: follows,
  HardSigmoid: follows,
  HardSwish: follows,
  Tanh: follows,
  MaxPool: follows,
  AveragePool: follows,
  GlobalMaxPool: follows,
  Concat: follows,
  Flatten: follows,
  Transpose: follows,
  Identity: follows,
  Dropout: followsFirst,
  Reshape: followsFirst,
  Squeeze: followsFirst,
  Unsqueeze: followsFirst,
  Expand: followsFirst,
  Tile: followsFirst,
  Slice: followsFirst,
  Split: followsFirst,
  Gather: followsFirst,
  DepthToSpace: followsFirst,
  SpaceToDepth: followsFirst,
  Resize: followsFirst,
  Pad: { role: 'follows', typed: [0, 2] },
};
