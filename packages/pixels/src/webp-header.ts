import { type Orientation, readExifOrientation } from './exif-orientation.ts';
import { invalidImage, truncatedImage, unsupportedImage } from './image-error.ts';

/** What the chunks of a WebP file say. */
export interface WebpHeader {
  readonly format: 'webp';
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly hasIccProfile: boolean;
}

const ANIMATION_FLAG = 0x02;

/**
 * Reads the RIFF chunks of a WebP file (RFC 9649).
 * @throws `IMAGE_INVALID`, `IMAGE_TRUNCATED`, `IMAGE_UNSUPPORTED`
 */
export function readWebpHeader(bytes: Uint8Array): WebpHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fileEnd = 8 + view.getUint32(4, true);
  if (fileEnd > bytes.length) {
    throw truncatedImage('WebP', `it has ${bytes.length} of ${fileEnd} bytes`);
  }
  let canvas: Size | undefined;
  let image: Size | undefined;
  let orientation: Orientation = 1;
  let hasIccProfile = false;
  for (let offset = 12; offset + 8 <= fileEnd;) {
    const length = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (start + length > fileEnd) {
      throw truncatedImage('WebP', `the chunk at byte ${offset} is cut off`);
    }
    const type = String.fromCharCode(...bytes.subarray(offset, offset + 4));
    const data = bytes.subarray(start, start + length);
    if (type === 'VP8X') canvas ??= readCanvas(data);
    else if (type === 'VP8 ') image ??= readLossySize(data);
    else if (type === 'VP8L') image ??= readLosslessSize(data);
    else if (type === 'ICCP') hasIccProfile = true;
    else if (type === 'EXIF') orientation = readExifOrientation(withoutPrefix(data));
    else if (type === 'ANIM' || type === 'ANMF') throw animated();
    // Chunks are padded to an even length.
    offset = start + length + (length & 1);
  }
  if (image === undefined) throw invalidImage('WebP', 'it holds no image');
  if (image.width === 0 || image.height === 0) throw invalidImage('WebP', 'its size is 0');
  if (canvas !== undefined && (canvas.width !== image.width || canvas.height !== image.height)) {
    throw invalidImage('WebP', 'its canvas and its image have different sizes');
  }
  return { format: 'webp', ...image, orientation, hasIccProfile };
}

type Size = Pick<WebpHeader, 'width' | 'height'>;

function readCanvas(data: Uint8Array): Size {
  const [flags = 0, , , , w0 = 0, w1 = 0, w2 = 0, h0 = 0, h1 = 0, h2 = 0] = data;
  if (data.length < 10) throw invalidImage('WebP', 'VP8X is too short');
  if ((flags & ANIMATION_FLAG) !== 0) throw animated();
  return {
    width: (w0 | (w1 << 8) | (w2 << 16)) + 1,
    height: (h0 | (h1 << 8) | (h2 << 16)) + 1,
  };
}

/** A VP8 key frame: three bytes of frame tag, a start code, 14 bits each (RFC 6386, section 9.1). */
function readLossySize(data: Uint8Array): Size {
  const [tag = 1, , , s0, s1, s2, w0 = 0, w1 = 0, h0 = 0, h1 = 0] = data;
  if (data.length < 10 || (tag & 1) !== 0 || s0 !== 0x9d || s1 !== 0x01 || s2 !== 0x2a) {
    throw invalidImage('WebP', 'its lossy image has no key frame');
  }
  return { width: (w0 | (w1 << 8)) & 0x3fff, height: (h0 | (h1 << 8)) & 0x3fff };
}

/** VP8L: a signature byte, then 14 bits each, less one (RFC 9649, section 3.4). */
function readLosslessSize(data: Uint8Array): Size {
  const [signature, b0 = 0, b1 = 0, b2 = 0, b3 = 0] = data;
  if (data.length < 5 || signature !== 0x2f) {
    throw invalidImage('WebP', 'its lossless image has no signature');
  }
  return {
    width: (b0 | ((b1 & 0x3f) << 8)) + 1,
    height: ((b1 >> 6) | (b2 << 2) | ((b3 & 0x0f) << 10)) + 1,
  };
}

/** Some writers keep JPEG's "Exif\0\0" before the TIFF block. */
function withoutPrefix(data: Uint8Array): Uint8Array {
  const hasPrefix = String.fromCharCode(...data.subarray(0, 6)) === 'Exif\0\0';
  return hasPrefix ? data.subarray(6) : data;
}

function animated(): Error {
  return unsupportedImage('webp', 'An animated WebP', 'Save one frame of it as a still image.');
}
