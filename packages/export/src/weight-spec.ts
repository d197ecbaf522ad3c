import * as z from 'zod';

/** One weight of a tfjs model. */
export interface ModelWeight {
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool';
  /** One byte a value for bool. */
  readonly data: Float32Array | Int32Array | Uint8Array;
}

/** How values are made small in the files. */
export type Quantization =
  | { readonly dtype: 'uint8' | 'uint16'; readonly scale: number; readonly min: number }
  | { readonly dtype: 'float16' };

const quantizationSchema: z.ZodType<Quantization> = z.union([
  z.object({ dtype: z.enum(['uint8', 'uint16']), scale: z.number(), min: z.number() }),
  z.object({ dtype: z.literal('float16') }),
]);

/** A weight as `weightsManifest` describes it. */
export interface WeightSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: ModelWeight['dtype'];
  /** `optimizer` for what training goes on with. */
  readonly group?: string | undefined;
  /** None when the values lie as they are. */
  readonly quantization?: Quantization | undefined;
}

/** Weights whose files, one after the other, hold their values. */
export interface WeightGroup {
  readonly paths: readonly string[];
  readonly weights: readonly WeightSpec[];
}

const plain = z.object({
  name: z.string().max(1024),
  /** tfjs has tensors of up to six dimensions. */
  shape: z.array(z.int().min(0)).max(16),
  dtype: z.enum(['float32', 'int32', 'bool']),
  group: z.string().optional(),
  quantization: quantizationSchema.optional(),
});

/** One element of `weightsManifest`. */
export const weightGroup: z.ZodType<WeightGroup> = z.object({
  paths: z.array(z.string().max(4096)),
  weights: z.array(
    plain.refine(({ dtype, quantization }) => isDecodable(dtype, quantization?.dtype), {
      path: ['quantization'],
      message: 'tfjs does not quantise this type of weight so',
    }),
  ),
});

function isDecodable(dtype: ModelWeight['dtype'], stored: string | undefined): boolean {
  if (stored === undefined || dtype === 'float32') return true;
  return dtype === 'int32' && stored !== 'float16';
}

/** How many values a weight has; not exact beyond 2^53, where no file could hold them. */
export function weightCount({ shape }: WeightSpec): number {
  return shape.reduce((product, size) => product * size, 1);
}

/** How many bytes of the files one value takes. */
export function storedSize({ dtype, quantization }: WeightSpec): 1 | 2 | 4 {
  switch (quantization?.dtype ?? dtype) {
    case 'bool':
    case 'uint8':
      return 1;
    case 'uint16':
    case 'float16':
      return 2;
    default:
      return 4;
  }
}
