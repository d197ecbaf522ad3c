import * as z from 'zod';
import { intsAttribute } from './attribute.ts';
import { unsupported } from './layer-converter.ts';
import type { Spatial } from './value.ts';
import type { OnnxAttribute } from '@isometry/onnx';

const positive = z.int().min(1);
/** Keras writes a pair, or one number for both. Rows first. */
export const pair: z.ZodType<[number, number]> = z.pipe(
  z.union([z.tuple([positive, positive]), positive]),
  z.transform((value): [number, number] => (typeof value === 'number' ? [value, value] : value)),
);

/** The layout that tfjs trains in. Its CPU backend and most of its kernels have no other. */
export const channelsLast: z.ZodType<'channels_last' | null | undefined> = z.optional(
  z.nullable(z.literal('channels_last', 'only channels_last can be written')),
);

/** How a convolution slides, rows first. */
export interface WindowConfig {
  readonly kernel_size: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly dilation_rate: readonly [number, number];
  readonly padding: 'valid' | 'same';
}

/** The same as Keras writes it, with the layout that this exporter expects. */
export const windowSchema: z.ZodType<WindowConfig> = z.object({
  kernel_size: pair,
  strides: pair.default([1, 1]),
  padding: z.enum(['valid', 'same']).default('valid'),
  dilation_rate: pair.default([1, 1]),
  data_format: channelsLast,
});

/** The sizes of a window over a feature map. */
export interface ConvolutionWindow {
  readonly height: number;
  readonly width: number;
  /** ONNX's attributes of Conv, the padding spelled out. */
  readonly attributes: readonly OnnxAttribute[];
}

/** Works out the output's size and TensorFlow's padding, which depends on the input's size. */
export function convolutionWindow(input: Spatial, config: WindowConfig): ConvolutionWindow {
  const { kernel_size: kernel, strides, dilation_rate: dilations, padding } = config;
  const rows = slide(input.height, kernel[0], strides[0], dilations[0], padding);
  const columns = slide(input.width, kernel[1], strides[1], dilations[1], padding);
  return {
    height: rows.size,
    width: columns.size,
    attributes: [
      intsAttribute('kernel_shape', kernel),
      intsAttribute('strides', strides),
      intsAttribute('dilations', dilations),
      intsAttribute('pads', [rows.before, columns.before, rows.after, columns.after]),
    ],
  };
}

/** One direction. SAME: total = max((ceil(n / s) - 1) s + k - n, 0), the odd pixel at the end. */
function slide(
  input: number,
  kernel: number,
  stride: number,
  dilation: number,
  padding: WindowConfig['padding'],
): { size: number; before: number; after: number } {
  const reach = (kernel - 1) * dilation + 1;
  if (padding === 'valid') {
    if (input < reach)
      throw unsupported(`its kernel of ${reach} is larger than its input of ${input}`);
    return { size: Math.floor((input - reach) / stride) + 1, before: 0, after: 0 };
  }
  const size = Math.ceil(input / stride);
  const total = Math.max((size - 1) * stride + reach - input, 0);
  const before = Math.floor(total / 2);
  return { size, before, after: total - before };
}

/**
 * The window of a transposed convolution: what makes `input` of the output. Its size is stride times the input, with
 * VALID and a kernel larger than the stride also what hangs over; a smaller kernel leaves zeros at the end.
 */
export function transposedWindow(
  input: Spatial,
  { kernel_size: kernel, strides, padding }: Omit<WindowConfig, 'dilation_rate'>,
): ConvolutionWindow {
  const rows = widen(input.height, kernel[0], strides[0], padding);
  const columns = widen(input.width, kernel[1], strides[1], padding);
  return {
    height: rows.size,
    width: columns.size,
    attributes: [
      intsAttribute('kernel_shape', kernel),
      intsAttribute('strides', strides),
      intsAttribute('pads', [rows.before, columns.before, rows.after, columns.after]),
      intsAttribute('output_padding', [rows.zeros, columns.zeros]),
    ],
  };
}

function widen(
  input: number,
  kernel: number,
  stride: number,
  padding: WindowConfig['padding'],
): { size: number; before: number; after: number; zeros: number } {
  const over = Math.max(kernel - stride, 0);
  const zeros = Math.max(stride - kernel, 0);
  if (padding === 'valid') return { size: input * stride + over, before: 0, after: 0, zeros };
  const before = Math.floor(over / 2);
  return { size: input * stride, before, after: over - before, zeros };
}
