import { DEFAULT_IMAGE_LIMITS, type ImageLimits } from '@isometry/pixels';

/**
 * Image limits for an isolate of 128 MB, of which ONNX Runtime with a MobileNet has 47 MB and a
 * request body up to 32 MB. A phone's 12-megapixel JPEG passes, since it is decoded at 1/4.
 */
export const WORKERD_IMAGE_LIMITS: ImageLimits = {
  ...DEFAULT_IMAGE_LIMITS,
  // What one request body may have (DEFAULT_EDGE_LIMITS).
  maxBytes: 16 * 1024 * 1024,
  // 4 megapixels at up to 11 bytes (a WebP's RGBA, its working copy and the RGB) are 46 MB.
  maxRasterPixels: 2 ** 22,
};
