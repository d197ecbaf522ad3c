/**
 * The pixel contract pixels/1: image bytes to model input, the same bits in Node, browsers and
 * workerd, and in Python by the lines in docs/pixels.md. To classify images install
 * `@isometry/runtime-node` or `@isometry/runtime-web`, which use it.
 *
 * @example
 * import { readFile } from 'node:fs/promises';
 * import { pixelDigest } from '@isometry/core';
 * import { createImageDecoder } from '@isometry/pixels';
 * const decode = createImageDecoder();
 * const { pixels, tensor, warnings } = await decode(await readFile('photo.jpg'), {
 *   version: 'pixels/1',
 *   width: 224,
 *   height: 224,
 *   fit: 'contain',
 *   filter: 'bilinear',
 *   background: [0, 0, 0],
 *   mean: [0.5, 0.5, 0.5],
 *   std: [0.5, 0.5, 0.5],
 *   jpegOversampling: 2,
 * });
 * pixelDigest(pixels);
 *
 * @packageDocumentation
 */
export type { Orientation } from './exif-orientation.ts';
export { createImageDecoder, type CreateImageDecoderOptions } from './image-decoder.ts';
export { DEFAULT_IMAGE_LIMITS, type ImageLimits } from './image-limits.ts';
export { type ImageHeader, sniffImage } from './sniff-image.ts';
export { normalizePixels } from './normalize-pixels.ts';
export { prepareRaster, type RawRaster } from './prepare-raster.ts';
