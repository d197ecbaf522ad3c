import type { PixelImage, PixelSpec } from '@isometry/core';

/**
 * Turns pixels into model input: planar float32, all of red, then green, then blue.
 * Each of the 256 values a channel is computed once, `fround((v / 255 - mean) / std)` in double
 * before the rounding, so that every engine gets the same bits.
 */
export function normalizePixels(
  pixels: PixelImage,
  spec: Pick<PixelSpec, 'mean' | 'std'>,
): Float32Array {
  const plane = pixels.width * pixels.height;
  const tensor = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel++) {
    const mean = spec.mean[channel] as number;
    const std = spec.std[channel] as number;
    const table = Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std);
    for (let from = channel, to = channel * plane; from < pixels.data.length; from += 3, to++) {
      tensor[to] = table[pixels.data[from] as number] as number;
    }
  }
  return tensor;
}
