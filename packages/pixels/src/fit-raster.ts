import type { PixelImage, PixelSpec } from '@isometry/core';
import type { Colour } from './composite-alpha.ts';
import type { Orientation } from './exif-orientation.ts';
import type { FitPlan } from './fit-plan.ts';
import { orient } from './orient.ts';
import { resize } from './resize.ts';

/** Carries out a plan on the raster it was made for: resize, turn upright, pad. */
export function fitRaster(
  raster: PixelImage,
  plan: FitPlan,
  orientation: Orientation,
  spec: PixelSpec,
): PixelImage {
  const resized = resize(raster, plan.box, plan.width, plan.height, spec.filter);
  return pad(orient(resized, orientation), spec.width, spec.height, spec.background);
}

/** Centres the image on a plain ground; an odd pixel goes to the right and to the bottom. */
function pad(image: PixelImage, width: number, height: number, background: Colour): PixelImage {
  if (image.width === width && image.height === height) return image;
  const left = Math.floor((width - image.width) / 2);
  const top = Math.floor((height - image.height) / 2);
  const data = new Uint8Array(width * height * 3);
  for (let at = 0; at < data.length; at += 3) data.set(background, at);
  for (let row = 0; row < image.height; row++) {
    const line = image.data.subarray(row * image.width * 3, (row + 1) * image.width * 3);
    data.set(line, ((top + row) * width + left) * 3);
  }
  return { width, height, data };
}
