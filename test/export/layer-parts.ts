import type { SymbolicTensor } from '@tensorflow/tfjs';
import type { Draw } from './layer-draw.ts';
import { apply } from './mobilenet.ts';
import { tf } from './tfjs.ts';

const { layers } = tf;

export function chain(
  input: SymbolicTensor,
  list: readonly InstanceType<typeof layers.Layer>[],
): SymbolicTensor {
  return list.reduce((x, layer) => apply(layer, x), input);
}

export function sizeOf(x: SymbolicTensor): { height: number; width: number; channels: number } {
  const [, height = 0, width = 0, channels = 0] = x.shape.map(Number);
  return { height, width, channels };
}

/** Values of -3 to 3 or so, where activations bend. */
export function scaled(x: SymbolicTensor): SymbolicTensor {
  return apply(layers.rescaling({ scale: 3 }), x);
}

/** The feature map, or its values in another shape without the batch. */
export function anyRank(draw: Draw, x: SymbolicTensor, high = 4, low = 1): SymbolicTensor {
  const sizes = x.shape.slice(1).map(Number);
  const count = sizes.reduce((product, size) => product * size, 1);
  const rank = draw.int(low, high);
  if (rank === sizes.length && draw.isTrue()) return x;
  if (rank === 1) {
    return draw.isTrue()
      ? apply(
          layers.flatten(),
          x.shape.length > 2 ? x : apply(layers.reshape({ targetShape: [count, 1] }), x),
        )
      : apply(layers.reshape({ targetShape: [count] }), x);
  }
  const targetShape: number[] = [];
  let rest = count;
  while (targetShape.length < rank - 1) {
    const part = draw.pick(divisors(rest));
    targetShape.push(part);
    rest /= part;
  }
  targetShape.push(rest);
  return apply(layers.reshape({ targetShape }), x);
}

function divisors(count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => at + 1).filter((part) => count % part === 0);
}

export function kernel(draw: Draw, x: SymbolicTensor, dilation = 1): [number, number] {
  const { height, width } = sizeOf(x);
  const most = (side: number): number => Math.max(1, Math.floor((side - 1) / dilation) + 1);
  return [draw.int(1, Math.min(5, most(height))), draw.int(1, Math.min(5, most(width)))];
}

export function pooling(
  draw: Draw,
  x: SymbolicTensor,
): {
  poolSize: [number, number];
  strides?: [number, number];
  padding: 'same' | 'valid';
} {
  const strides = draw.pair(1, 5);
  return {
    poolSize: kernel(draw, x),
    ...(draw.isTrue() ? { strides } : {}),
    padding: draw.padding(),
  };
}

/** Without a gap between the windows, of any other kind. The pool is no larger than what padding makes of one pixel. */
export function closePooling(draw: Draw): {
  poolSize: [number, number];
  strides: [number, number];
  padding: 'same' | 'valid';
} {
  const strides = draw.pair(1, 3);
  const poolSize: [number, number] = [draw.int(strides[0], 3), draw.int(strides[1], 3)];
  return { poolSize, strides, padding: draw.padding() };
}

export function normalisation(draw: Draw): { scale: boolean; center: boolean; epsilon: number } {
  return { scale: draw.isTrue(), center: draw.isTrue(), epsilon: draw.pick([1e-3, 0.1]) };
}
