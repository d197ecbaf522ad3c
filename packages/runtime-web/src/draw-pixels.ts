import { IsometryError } from '@isometry/core';

/** What a canvas can draw. */
export type DrawableSource = ImageBitmap | HTMLImageElement | HTMLCanvasElement | OffscreenCanvas;

/**
 * Reads an element's pixels back through a canvas.
 * @throws `IMAGE_INVALID` when it has none, `IMAGE_TOO_LARGE`, `OPTION_INVALID` when it cannot be read
 */
export function drawPixels(source: DrawableSource, maxPixels: number): ImageData {
  const { width, height } = sizeOf(source);
  if (!(width > 0 && height > 0)) {
    throw new IsometryError('IMAGE_INVALID', 'The image element has no pixels.', {
      hint: 'Wait for its load event (`await image.decode()`), and do not close the ImageBitmap.',
    });
  }
  if (width * height > maxPixels) {
    throw new IsometryError(
      'IMAGE_TOO_LARGE',
      `The image is ${width} x ${height} pixels; the limit maxRasterPixels is ${maxPixels}.`,
      { hint: 'Use a smaller image, or raise limits.images.maxRasterPixels.' },
    );
  }
  try {
    const canvas = new OffscreenCanvas(width, height);
    // Reading from a GPU canvas gives other pixels than from a software one; ask for the latter.
    const context = canvas.getContext('2d', { willReadFrequently: true, colorSpace: 'srgb' });
    context?.drawImage(source, 0, 0);
    const pixels = context?.getImageData(0, 0, width, height);
    if (pixels === undefined) throw new TypeError('there is no 2d context');
    return pixels;
  } catch (error) {
    throw new IsometryError('OPTION_INVALID', 'The image element cannot be read.', {
      hint: 'An image of another origin needs crossorigin="anonymous" and CORS; or pass its bytes.',
      cause: error,
    });
  }
}

function sizeOf(source: DrawableSource): { readonly width: number; readonly height: number } {
  if (typeof source !== 'object' || source === null || !('width' in source)) {
    throw new IsometryError('OPTION_INVALID', 'The image is of a kind that cannot be read.', {
      hint: 'Pass bytes, a Blob, a URL, ImageData, an ImageBitmap, an <img> or a <canvas>.',
      details: { option: 'image' },
    });
  }
  // An <img> has its layout's size as `width`, and its file's as `naturalWidth`.
  return 'naturalWidth' in source
    ? { width: source.naturalWidth, height: source.naturalHeight }
    : source;
}
