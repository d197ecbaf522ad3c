import { type DecodedImage, IsometryError, type PixelImage, type PixelSpec } from '@isometry/core';
import { compositeRgba } from './composite-alpha.ts';
import { planFit } from './fit-plan.ts';
import { fitRaster } from './fit-raster.ts';
import { assertPixels, assertRaster, type ImageLimits, resolveLimits } from './image-limits.ts';
import { normalizePixels } from './normalize-pixels.ts';

/** Pixels that something else decoded, e.g. a browser's `ImageData`. */
export interface RawRaster {
  readonly width: number;
  readonly height: number;
  /** Rows top to bottom, interleaved, no padding, straight (not premultiplied) alpha. */
  readonly data: Uint8Array | Uint8ClampedArray;
  /** 3 for RGB, 4 for RGBA. */
  readonly channels: 3 | 4;
}

/**
 * Makes model input from raw pixels: the contract from the fit on. The pixels are taken as upright.
 * Equal to decoding the same image from PNG.
 * @throws `IMAGE_INVALID` when size and data do not agree, `IMAGE_TOO_LARGE`
 */
export function prepareRaster(
  raw: RawRaster,
  spec: PixelSpec,
  options: { readonly limits?: Partial<ImageLimits> | undefined } = {},
): DecodedImage {
  const { width, height, channels, data } = raw;
  const isSize = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (!isSize || (channels !== 3 && channels !== 4) || data.length !== width * height * channels) {
    throw new IsometryError(
      'IMAGE_INVALID',
      `Raw pixels of ${width} x ${height} with ${channels} channels have ${data.length} bytes.`,
      { hint: 'Give width * height * channels bytes, with 3 or 4 channels and no row padding.' },
    );
  }
  const limits = resolveLimits(options.limits);
  assertPixels(width, height, limits);
  assertRaster(width, height, limits);
  const raster: PixelImage = {
    width,
    height,
    data: channels === 4 ? compositeRgba(data, spec.background) : Uint8Array.from(data),
  };
  const pixels = fitRaster(raster, planFit(width, height, 1, spec, false), 1, spec);
  return { raster, pixels, tensor: normalizePixels(pixels, spec), warnings: [] };
}
