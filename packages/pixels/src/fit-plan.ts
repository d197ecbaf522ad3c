import type { PixelSpec } from '@isometry/core';
import { type Orientation, swapsAxes } from './exif-orientation.ts';

/** A rectangle with fractional edges, in pixels of the raster, each edge a float32 as in Pillow. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** How an image gets to its place in the model's input; everything in stored orientation. */
export interface FitPlan {
  /** The JPEG is decoded at 1/`scale`. */
  readonly scale: 1 | 2 | 4 | 8;
  /** The part of the scaled raster that is shown. */
  readonly box: Box;
  /** Size of the resized part: the target's, except with `contain`. */
  readonly width: number;
  readonly height: number;
}

/**
 * Plans the fit of a `width` x `height` image by the rules of docs/pixels.md, "Fit". All arithmetic is
 * IEEE double in the order written there, so that other languages get the same bits.
 * `canScale` says that the decoder can shrink, i.e. that it is a JPEG.
 */
export function planFit(
  width: number,
  height: number,
  orientation: Orientation,
  spec: PixelSpec,
  canScale: boolean,
): FitPlan {
  const swaps = swapsAxes(orientation);
  const targetWidth = swaps ? spec.height : spec.width;
  const targetHeight = swaps ? spec.width : spec.height;
  const isWider = width * targetHeight > height * targetWidth;

  let boxWidth = width;
  let boxHeight = height;
  let innerWidth = targetWidth;
  let innerHeight = targetHeight;
  if (spec.fit === 'cover') {
    if (isWider) boxWidth = (height * targetWidth) / targetHeight;
    else boxHeight = (width * targetHeight) / targetWidth;
  } else if (spec.fit === 'contain') {
    if (isWider) innerHeight = proportional(height, targetWidth, width);
    else innerWidth = proportional(width, targetHeight, height);
  }

  const enough = (scale: number): boolean =>
    boxWidth >= spec.jpegOversampling * scale * innerWidth &&
    boxHeight >= spec.jpegOversampling * scale * innerHeight;
  const scale = canScale ? (([8, 4, 2] as const).find(enough) ?? 1) : 1;
  return {
    scale,
    box: {
      left: Math.fround((width - boxWidth) / 2 / scale),
      top: Math.fround((height - boxHeight) / 2 / scale),
      right: Math.fround((width + boxWidth) / 2 / scale),
      bottom: Math.fround((height + boxHeight) / 2 / scale),
    },
    width: innerWidth,
    height: innerHeight,
  };
}

/** `side * target / whole` rounded to nearest, halves up, at least 1; exact for sizes up to 2^20. */
function proportional(side: number, target: number, whole: number): number {
  return Math.max(1, Math.floor((2 * side * target + whole) / (2 * whole)));
}
