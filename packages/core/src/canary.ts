import { compareArrays } from './difference.ts';
import { pixelDigest } from './digest.ts';
import type { Manifest, Precision } from './manifest.ts';
import type { Health, PixelImage } from './types.ts';

type Canary = NonNullable<Manifest['canary']>;

/**
 * Largest relative error of the canary's embedding that still counts as healthy, by the file's precision. A loose guard
 * against all-zero, NaN and garbage outputs; parity bounds are test/parity/tolerances.ts' job. Quantised to eight bits,
 * CPU and WASM round differently: measured over 80 ham3 photos 1.2e-2 in the middle and 2.4e-2 at most (MobileNet), 0.5e-2
 * (ResNet50).
 */
export const CANARY_TOLERANCE: Readonly<Record<Precision, number>> = {
  fp32: 1e-2,
  fp16: 1e-2,
  int8: 1e-1,
};

/** Decodes the canary's base64, which the manifest's schema has validated. */
export function readCanary(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}

/** Compares what the canary gave here with what it gave at export. */
export function judgeCanary(
  canary: Canary,
  pixels: PixelImage,
  embedding: Float32Array,
  precision: Precision = 'fp32',
): Omit<Health, 'provider'> {
  const pixelsMatch = pixelDigest(pixels) === canary.pixelsSha256;
  const embeddingError = compareArrays(Float32Array.from(canary.embedding), embedding).relativeL2;
  const reasons = [
    ...(pixelsMatch ? [] : ['the canary image decodes to other pixels than at export']),
    ...(embeddingError <= CANARY_TOLERANCE[precision]
      ? []
      : [`the canary embedding is off by ${embeddingError} of its norm`]),
  ];
  return {
    ok: reasons.length === 0,
    pixelsMatch,
    embeddingError,
    ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }),
  };
}
