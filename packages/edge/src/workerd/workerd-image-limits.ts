import { DEFAULT_IMAGE_LIMITS, type ImageLimits } from '@isometry/pixels';

/**
 * Image limits for an isolate of 128 MB, of which ONNX Runtime with a MobileNet has 47 MB. A camera's
 * JPEG passes, since it is decoded at a half to an eighth of its size; a large PNG or WebP does not.
 */
export const WORKERD_IMAGE_LIMITS: ImageLimits = {
  ...DEFAULT_IMAGE_LIMITS,
  // What one request body may have (DEFAULT_EDGE_LIMITS).
  maxBytes: 16 * 1024 * 1024,
  // workerd grew by at most 25 bytes a pixel for a PNG, 41 for a WebP and 7 for a progressive JPEG
  // (8 requests of 4 megapixels each, resident size): 62 MB at 1.5 megapixels.
  maxRasterPixels: 1_500_000,
};

/** Fills in {@link WORKERD_IMAGE_LIMITS}, also for a limit that is there and undefined. */
export function resolveWorkerdImageLimits(limits: Partial<ImageLimits> = {}): ImageLimits {
  return {
    maxBytes: limits.maxBytes ?? WORKERD_IMAGE_LIMITS.maxBytes,
    maxPixels: limits.maxPixels ?? WORKERD_IMAGE_LIMITS.maxPixels,
    maxRasterPixels: limits.maxRasterPixels ?? WORKERD_IMAGE_LIMITS.maxRasterPixels,
  };
}
