import { createHash } from 'node:crypto';
import type { PixelImage } from '@isometry/core';

/** What tells whether two images are the same, or nearly. */
export interface PixelFingerprint {
  /** Of the pixels, lower-case hex: equal when every byte is. */
  readonly sha256: string;
  /** 64 bits, upper and lower half. Undefined for an image without contrast, which is like any other. */
  readonly perceptual: readonly [number, number] | undefined;
}

/** Side of the thumbnail and of the block of its lowest frequencies. */
const THUMBNAIL = 32;
const FREQUENCIES = 8;

/** Grey levels of standard deviation below which a thumbnail shows nothing but rounding. */
const LEAST_DEVIATION = 1;

/** Cosines of the discrete cosine transform (type II) for frequencies 1 to 8. */
const COSINES = Array.from({ length: FREQUENCIES }, (_, index) =>
  Float64Array.from({ length: THUMBNAIL }, (__, at) =>
    Math.cos((Math.PI / THUMBNAIL) * (at + 0.5) * (index + 1)),
  ),
);

/**
 * Fingerprints decoded pixels. The perceptual hash is pHash (C. Zauner 2010, "Implementation and
 * Benchmarking of Perceptual Image Hash Functions", section 3.2.1): of the 32 x 32 grey thumbnail, which of
 * the 8 x 8 lowest frequencies in both directions are above their median.
 * @param background the padding of `contain`: edges of nothing else are left out, so that images of one
 *   shape are not alike by it
 */
export function fingerprintPixels(
  pixels: PixelImage,
  background: readonly [number, number, number],
): PixelFingerprint {
  return {
    sha256: createHash('sha256').update(pixels.data).digest('hex'),
    perceptual: hashThumbnail(greyThumbnail(pixels, background)),
  };
}

function hashThumbnail(grey: Float64Array): readonly [number, number] | undefined {
  const mean = grey.reduce((sum, value) => sum + value, 0) / grey.length;
  const variance = grey.reduce((sum, value) => sum + (value - mean) ** 2, 0) / grey.length;
  if (variance < LEAST_DEVIATION ** 2) return undefined;
  const rows = COSINES.map((cosines) =>
    Float64Array.from({ length: THUMBNAIL }, (_, y) =>
      cosines.reduce((sum, cosine, x) => sum + cosine * (grey[y * THUMBNAIL + x] as number), 0),
    ),
  );
  const coefficients = COSINES.flatMap((cosines) =>
    rows.map((row) => cosines.reduce((sum, cosine, y) => sum + cosine * (row[y] as number), 0)),
  );
  const sorted = [...coefficients].sort((a, b) => a - b);
  const half = sorted.length / 2;
  const median = ((sorted[half - 1] as number) + (sorted[half] as number)) / 2;
  let [upper, lower] = [0, 0];
  for (const [bit, value] of coefficients.entries()) {
    if (value <= median) continue;
    if (bit < 32) upper |= 1 << bit;
    else lower |= 1 << (bit - 32);
  }
  return [upper, lower];
}

/** Grey (ITU-R BT.601) of 32 x 32 boxes, each the mean of the pixels that it covers, by area. */
function greyThumbnail(
  pixels: PixelImage,
  background: readonly [number, number, number],
): Float64Array {
  const { width, data } = pixels;
  const inner = findInner(pixels, background);
  const columns = coverage(inner.left, inner.right);
  const rows = coverage(inner.top, inner.bottom);
  const thumbnail = new Float64Array(THUMBNAIL * THUMBNAIL);
  for (const [boxY, rowWeights] of rows.entries()) {
    for (const [y, rowWeight] of rowWeights) {
      for (const [boxX, columnWeights] of columns.entries()) {
        for (const [x, weight] of columnWeights) {
          const at = (y * width + x) * 3;
          const grey =
            0.299 * (data[at] as number) +
            0.587 * (data[at + 1] as number) +
            0.114 * (data[at + 2] as number);
          const box = boxY * THUMBNAIL + boxX;
          thumbnail[box] = (thumbnail[box] as number) + rowWeight * weight * grey;
        }
      }
    }
  }
  return thumbnail;
}

/** Which pixels each of 32 equal boxes from `start` to `end` covers, with weights that sum to 1. */
function coverage(start: number, end: number): (readonly [number, number])[][] {
  const size = (end - start) / THUMBNAIL;
  return Array.from({ length: THUMBNAIL }, (_, box) => {
    const from = start + box * size;
    const to = Math.min(from + size, end);
    const covered: (readonly [number, number])[] = [];
    for (let pixel = Math.floor(from); pixel < to; pixel += 1) {
      covered.push([pixel, (Math.min(pixel + 1, to) - Math.max(pixel, from)) / (to - from)]);
    }
    return covered;
  });
}

/** The smallest box that holds everything that is not background; the whole where all is. */
function findInner({ width, height, data }: PixelImage, background: readonly number[]) {
  let [left, right, top, bottom] = [width, 0, height, 0];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const at = (y * width + x) * 3;
      const isBackground =
        data[at] === background[0] &&
        data[at + 1] === background[1] &&
        data[at + 2] === background[2];
      if (isBackground) continue;
      left = Math.min(left, x);
      right = Math.max(right, x + 1);
      top = Math.min(top, y);
      bottom = Math.max(bottom, y + 1);
    }
  }
  return right === 0
    ? { left: 0, right: width, top: 0, bottom: height }
    : { left, right, top, bottom };
}
