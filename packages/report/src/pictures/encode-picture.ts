import { IsometryError, type PixelImage } from '@isometry/core';
import { pictureCanvas } from './picture-canvas.ts';

export interface EncodePictureOptions {
  /** The longer side, in pixels. @defaultValue 128 */
  readonly side?: number | undefined;
  /** Of the JPEG, 1 to 100. @defaultValue 82 */
  readonly quality?: number | undefined;
}

const DEFAULT_SIDE = 128;
const DEFAULT_QUALITY = 82;

/** A small picture for a page: a JPEG as a `data:` URI. @throws `OPTION_INVALID`, `TENSOR_INVALID` */
export async function encodePicture(
  image: PixelImage,
  { side = DEFAULT_SIDE, quality = DEFAULT_QUALITY }: EncodePictureOptions = {},
): Promise<string> {
  if (!Number.isInteger(side) || side < 1 || !(quality >= 1 && quality <= 100)) {
    throw new IsometryError(
      'OPTION_INVALID',
      `A picture has a side of 1 pixel or more and a quality of 1 to 100, not ${side} and ${quality}.`,
    );
  }
  const jpeg = await pictureCanvas(image, side).encode('jpeg', quality);
  return `data:image/jpeg;base64,${jpeg.toString('base64')}`;
}
