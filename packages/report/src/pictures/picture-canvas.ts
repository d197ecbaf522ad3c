import { createCanvas, ImageData, type Canvas } from '@napi-rs/canvas';
import { IsometryError, type PixelImage } from '@isometry/core';

/**
 * The image on a canvas, made to fit a square of `side` pixels; a smaller image keeps its size.
 * @throws `TENSOR_INVALID` when the image's bytes are not `width * height * 3`
 */
export function pictureCanvas(image: PixelImage, side: number): Canvas {
  const { width, height, data } = image;
  if (!(width > 0 && height > 0) || data.length !== width * height * 3) {
    throw new IsometryError(
      'TENSOR_INVALID',
      `An image of ${width} x ${height} has ${width * height * 3} bytes, not ${data.length}.`,
    );
  }
  const full = createCanvas(width, height);
  const rgba = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    rgba.set(data.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
  }
  full.getContext('2d').putImageData(new ImageData(rgba, width, height), 0, 0);
  // Halved until the last step is less than half: Skia's filter looks at four pixels only.
  let canvas = full;
  const scale = Math.min(1, side / Math.max(width, height));
  const target = { width: atLeastOne(width * scale), height: atLeastOne(height * scale) };
  while (canvas.width > target.width || canvas.height > target.height) {
    canvas = resized(canvas, {
      width: Math.max(target.width, Math.ceil(canvas.width / 2)),
      height: Math.max(target.height, Math.ceil(canvas.height / 2)),
    });
  }
  return canvas;
}

function resized(from: Canvas, size: { readonly width: number; readonly height: number }): Canvas {
  const to = createCanvas(size.width, size.height);
  const context = to.getContext('2d');
  context.imageSmoothingEnabled = true;
  context.imageSmoothingQuality = 'high';
  context.drawImage(from, 0, 0, size.width, size.height);
  return to;
}

function atLeastOne(length: number): number {
  return Math.max(1, Math.round(length));
}
