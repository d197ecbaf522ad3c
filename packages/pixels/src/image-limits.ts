import { IsometryError } from '@isometry/core';

/** What an image may cost before it is refused with `IMAGE_TOO_LARGE`. */
export interface ImageLimits {
  /** Size of the encoded image in bytes. */
  readonly maxBytes: number;
  /** Width times height as the header claims it, checked before anything is decoded. */
  readonly maxPixels: number;
  /**
   * Pixels that have to be in memory at once: the raster after the JPEG's scaled decode, or the whole
   * image for a progressive JPEG (its coefficients are kept), a PNG and a WebP.
   */
  readonly maxRasterPixels: number;
}

/**
 * Limits that let every camera's JPEG through and keep one decode below about 1 GB (docs/pixels.md,
 * "Memory"). A server that decodes for strangers sets smaller ones.
 */
export const DEFAULT_IMAGE_LIMITS: ImageLimits = {
  // A 100-megapixel JPEG of quality 95 has 40 to 60 MB.
  maxBytes: 64 * 1024 * 1024,
  // 134 megapixels: medium-format (102) and phone (108) cameras pass, 30,000 x 30,000 does not.
  maxPixels: 2 ** 27,
  // 67 megapixels: a progressive JPEG keeps up to 6 bytes a pixel of coefficients, that is 403 MB.
  maxRasterPixels: 2 ** 26,
};

/**
 * Longest side in pixels: what a JPEG can have, so that only a PNG or raw pixels can be longer. The
 * resize takes time by rows and memory by the longest side: a PNG of 8 kB that claimed 2^26 x 1 pixels
 * took 773 MB, one of 130 kB that claimed 1 x 2^26 was stopped after nine minutes.
 */
const MAX_SIDE = 65_535;

/** Fills in defaults. @throws `OPTION_INVALID` for a limit that is not a positive number */
export function resolveLimits(limits: Partial<ImageLimits> = {}): ImageLimits {
  const resolved = {
    maxBytes: limits.maxBytes ?? DEFAULT_IMAGE_LIMITS.maxBytes,
    maxPixels: limits.maxPixels ?? DEFAULT_IMAGE_LIMITS.maxPixels,
    maxRasterPixels: limits.maxRasterPixels ?? DEFAULT_IMAGE_LIMITS.maxRasterPixels,
  };
  for (const [name, value] of Object.entries(resolved)) {
    if (!(value > 0)) {
      throw new IsometryError('OPTION_INVALID', `The image limit ${name} is ${value}.`, {
        hint: 'Give a positive number, or leave it out for the default.',
        details: { option: name },
      });
    }
  }
  return resolved;
}

/** @throws `IMAGE_TOO_LARGE` */
export function assertBytes(bytes: Uint8Array, limits: ImageLimits): void {
  if (bytes.length > limits.maxBytes) {
    throw tooLarge(`The image has ${bytes.length} bytes`, 'maxBytes', limits.maxBytes);
  }
}

/** @throws `IMAGE_TOO_LARGE` */
export function assertPixels(width: number, height: number, limits: ImageLimits): void {
  if (Math.max(width, height) > MAX_SIDE) {
    throw new IsometryError(
      'IMAGE_TOO_LARGE',
      `The image is ${width} x ${height} pixels; a side may have ${MAX_SIDE}.`,
      { hint: 'Crop it or make it smaller.', details: { limit: 'side', value: MAX_SIDE } },
    );
  }
  if (width * height > limits.maxPixels) {
    throw tooLarge(`The image is ${width} x ${height} pixels`, 'maxPixels', limits.maxPixels);
  }
}

/** @throws `IMAGE_TOO_LARGE` */
export function assertRaster(width: number, height: number, limits: ImageLimits): void {
  if (width * height > limits.maxRasterPixels) {
    throw tooLarge(
      `Decoding the image needs ${width} x ${height} pixels in memory at once`,
      'maxRasterPixels',
      limits.maxRasterPixels,
    );
  }
}

function tooLarge(what: string, limit: keyof ImageLimits, value: number): IsometryError {
  return new IsometryError('IMAGE_TOO_LARGE', `${what}; the limit ${limit} is ${value}.`, {
    hint: `Send a smaller image, or raise the limit ${limit}.`,
    details: { limit, value },
  });
}
