import { IsometryError } from '@isometry/core';
import type { Orientation } from './exif-orientation.ts';
import { unsupportedImage } from './image-error.ts';
import { assertBytes, assertPixels, type ImageLimits, resolveLimits } from './image-limits.ts';
import { type JpegHeader, readJpegHeader } from './jpeg-header.ts';
import { type PngHeader, readPngHeader } from './png-header.ts';
import { readWebpHeader, type WebpHeader } from './webp-header.ts';

/** What an image says of itself before anything is decoded. */
export interface ImageHeader {
  readonly format: 'jpeg' | 'png' | 'webp';
  /** Stored size: orientations 5 to 8 show it with width and height swapped. */
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
}

export type InspectedImage = JpegHeader | PngHeader | WebpHeader;

/**
 * Reads format, size and EXIF orientation from the headers alone, and applies `maxBytes` and
 * `maxPixels`. Safe for hostile bytes: nothing is decoded, and no size in the file is trusted.
 * @throws `IMAGE_UNSUPPORTED`, `IMAGE_INVALID`, `IMAGE_TRUNCATED`, `IMAGE_TOO_LARGE`
 *
 * @example
 * const { width, height } = sniffImage(bytes, { maxPixels: 20e6 });
 */
export function sniffImage(bytes: Uint8Array, limits?: Partial<ImageLimits>): ImageHeader {
  const { format, width, height, orientation } = inspectImage(bytes, resolveLimits(limits));
  return { format, width, height, orientation };
}

/** {@link sniffImage} with everything else that the decoders want to know. */
export function inspectImage(bytes: Uint8Array, limits: ImageLimits): InspectedImage {
  assertBytes(bytes, limits);
  const header = readHeader(bytes);
  assertPixels(header.width, header.height, limits);
  return header;
}

function readHeader(bytes: Uint8Array): InspectedImage {
  if (bytes.length === 0) {
    throw new IsometryError('IMAGE_INVALID', 'The image is empty: it has 0 bytes.', {
      hint: 'Check how the file was read or uploaded.',
    });
  }
  const head = String.fromCharCode(...bytes.subarray(0, 16));
  if (head.startsWith('\xff\xd8\xff')) return readJpegHeader(bytes);
  if (head.startsWith('\x89PNG\r\n\x1a\n')) return readPngHeader(bytes);
  if (/^RIFF[^]{4}WEBP/.test(head)) return readWebpHeader(bytes);
  const other = otherFormat(head);
  throw other === undefined
    ? unsupportedImage('unknown', 'A file that is not a JPEG, PNG or WebP image', CONVERT)
    : unsupportedImage(other.toLowerCase(), `The image format ${other}`, CONVERT);
}

const CONVERT = 'Use JPEG, PNG or WebP: they decode to the same pixels everywhere.';

/** Formats that are recognised to be named in the error. */
function otherFormat(head: string): string | undefined {
  if (/^GIF8[79]a/.test(head)) return 'GIF';
  if (/^BM[^]{4}\0\0\0\0/.test(head)) return 'BMP';
  if (/^(II[*+]\0|MM\0[*+])/.test(head)) return 'TIFF';
  if (/^[^]{4}ftypavi[fs]/.test(head)) return 'AVIF';
  if (/^[^]{4}ftyp(hei[cmsx]|hev[cmsx]|mif1|msf1)/.test(head)) return 'HEIC';
  return undefined;
}
