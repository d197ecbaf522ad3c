import { LEVELS, type ActivationRange } from './activation-range.ts';

/** How a float becomes a uint8: `round(value / scale) + zeroPoint`, clipped to 0 … 255. */
export interface ActivationParameters {
  readonly scale: number;
  readonly zeroPoint: number;
}

/** Below it products of two scales come near to what float32 cannot hold. */
const LEAST_SCALE = 2 ** -60;

/** Scale and zero point of a range; a range of one point, all zeros, has scale 1. */
export function activationParameters({ low, high }: ActivationRange): ActivationParameters {
  if (low === 0 && high === 0) return { scale: 1, zeroPoint: 0 };
  const scale = scaleWithin(Math.max(high - low, LEAST_SCALE * LEVELS), high);
  return { scale, zeroPoint: Math.min(LEVELS, Math.max(0, Math.round(-low / scale))) };
}

/**
 * The scale as float32. Rounded down where it matters: ONNX Runtime drops a `Clip` to 6 in front of a QuantizeLinear
 * whose largest value is 6 or less.
 */
function scaleWithin(width: number, high: number): number {
  const scale = Math.fround(width / LEVELS);
  if (Math.fround(scale * LEVELS) <= high || width !== high) return scale;
  return Math.fround(scale * (1 - 2 ** -24));
}
