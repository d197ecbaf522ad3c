import type { PixelImage } from '@isometry/core';
import type { Box } from './fit-plan.ts';
import { PRECISION_BITS, type ResampleWeights, resampleWeights } from './resample-weights.ts';

/** Half a unit, so that the shift rounds to nearest. */
const HALF = 1 << (PRECISION_BITS - 1);

/**
 * Resizes the part of `source` inside `box` as Pillow does it in integers: first every row, rounded
 * to 8 bits, then every column, always in this order (Pillow from 12.2 on chooses the order itself;
 * docs/pixels.md has the two calls that fix it). Pixels outside the box but inside the image count
 * for the filter's support.
 *
 * Rows are resized when a column needs them, into a ring of as many rows as the filter is high:
 * memory is `taps * width * 3` bytes instead of a whole image; `taps` grows with the reduction.
 */
export function resize(
  source: PixelImage,
  box: Box,
  width: number,
  height: number,
  filter: 'bilinear' | 'bicubic',
): PixelImage {
  const across = resampleWeights(source.width, box.left, box.right, width, filter);
  const down = resampleWeights(source.height, box.top, box.bottom, height, filter);
  const rowLength = width * 3;
  const ring = new Uint8ClampedArray(down.taps * rowLength);
  const sums = new Int32Array(rowLength);
  // Clamped: the bicubic filter overshoots.
  const data = new Uint8ClampedArray(rowLength * height);
  let nextRow = down.first[0] as number;
  for (let y = 0; y < height; y++) {
    const first = down.first[y] as number;
    const count = down.count[y] as number;
    for (nextRow = Math.max(nextRow, first); nextRow < first + count; nextRow++) {
      resizeRow(source, nextRow, across, ring, (nextRow % down.taps) * rowLength);
    }
    sums.fill(HALF);
    for (let tap = 0; tap < count; tap++) {
      const weight = down.weights[y * down.taps + tap] as number;
      const from = ((first + tap) % down.taps) * rowLength;
      for (let i = 0; i < rowLength; i++) {
        sums[i] = (sums[i] as number) + Math.imul(ring[from + i] as number, weight);
      }
    }
    const to = y * rowLength;
    for (let i = 0; i < rowLength; i++) data[to + i] = (sums[i] as number) >> PRECISION_BITS;
  }
  return { width, height, data: new Uint8Array(data.buffer) };
}

function resizeRow(
  source: PixelImage,
  row: number,
  { taps, weights, first, count }: ResampleWeights,
  target: Uint8ClampedArray,
  offset: number,
): void {
  const pixels = source.data;
  const start = row * source.width * 3;
  for (let x = 0, to = offset; x < first.length; x++, to += 3) {
    let red = HALF;
    let green = HALF;
    let blue = HALF;
    let from = start + (first[x] as number) * 3;
    const end = x * taps + (count[x] as number);
    for (let tap = x * taps; tap < end; tap++, from += 3) {
      const weight = weights[tap] as number;
      red += Math.imul(pixels[from] as number, weight);
      green += Math.imul(pixels[from + 1] as number, weight);
      blue += Math.imul(pixels[from + 2] as number, weight);
    }
    target[to] = red >> PRECISION_BITS;
    target[to + 1] = green >> PRECISION_BITS;
    target[to + 2] = blue >> PRECISION_BITS;
  }
}
