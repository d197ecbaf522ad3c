import { type Orientation, readExifOrientation } from './exif-orientation.ts';
import { invalidImage, truncatedImage, unsupportedImage } from './image-error.ts';

/** What a JPEG's segments before its first scan say. */
export interface JpegHeader {
  readonly format: 'jpeg';
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly progressive: boolean;
  /** Component identifiers, in the frame's order: one for gray, three for colour. */
  readonly components: readonly number[];
  readonly hasIccProfile: boolean;
  /** Where the first SOS marker stands. */
  readonly scanOffset: number;
}

const SOI = 0xd8;
export const EOI = 0xd9;
export const SOS = 0xda;
const APP1 = 0xe1;
const APP2 = 0xe2;

const FRAMES: Readonly<Record<number, string>> = {
  0xc0: 'baseline',
  0xc1: 'extended sequential',
  0xc2: 'progressive',
  0xc3: 'lossless',
  0xc5: 'hierarchical',
  0xc6: 'hierarchical',
  0xc7: 'hierarchical',
  0xc9: 'arithmetic-coded',
  0xca: 'arithmetic-coded',
  0xcb: 'arithmetic-coded',
  0xcd: 'arithmetic-coded',
  0xce: 'arithmetic-coded',
  0xcf: 'arithmetic-coded',
};

/** One marker segment; `end` is where the next marker should start. */
export interface JpegSegment {
  readonly marker: number;
  readonly payload: Uint8Array;
  readonly end: number;
}

/**
 * Reads the segment whose 0xFF stands at `offset`; any number of 0xFF may precede a marker's code.
 * @throws `IMAGE_INVALID`, `IMAGE_TRUNCATED`
 */
export function readJpegSegment(bytes: Uint8Array, offset: number): JpegSegment {
  let at = offset;
  if (at < bytes.length && bytes[at] !== 0xff) {
    throw invalidImage('JPEG', `there is no marker at byte ${at}`);
  }
  while (bytes[at] === 0xff) at++;
  const marker = bytes[at];
  if (marker === undefined) throw truncatedImage('JPEG', 'it ends before its image data');
  at++;
  if (marker === SOI || marker === EOI || (marker >= 0xd0 && marker <= 0xd7) || marker === 0x01) {
    return { marker, payload: bytes.subarray(at, at), end: at };
  }
  const length = ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  if (at + 2 > bytes.length || at + length > bytes.length) {
    throw truncatedImage('JPEG', `the segment at byte ${offset} is cut off`);
  }
  if (length < 2) throw invalidImage('JPEG', `the segment at byte ${offset} has no length`);
  return { marker, payload: bytes.subarray(at + 2, at + length), end: at + length };
}

/**
 * Reads everything before the first scan.
 * @throws `IMAGE_INVALID`, `IMAGE_TRUNCATED`, `IMAGE_UNSUPPORTED`
 */
export function readJpegHeader(bytes: Uint8Array): JpegHeader {
  let orientation: Orientation | undefined;
  let frame: Frame | undefined;
  let hasIccProfile = false;
  let offset = 2;
  for (;;) {
    const { marker, payload, end } = readJpegSegment(bytes, offset);
    if (marker === SOS) break;
    if (marker === EOI) throw truncatedImage('JPEG', 'it has no image data');
    if (marker === APP1 && startsWith(payload, 'Exif\0')) {
      // Two bytes of padding; the first EXIF segment counts, as in Pillow.
      orientation ??= readExifOrientation(payload.subarray(6));
    } else if (marker === APP2 && startsWith(payload, 'ICC_PROFILE\0')) {
      hasIccProfile = true;
    } else if (FRAMES[marker] !== undefined) {
      if (frame !== undefined) throw invalidImage('JPEG', 'it has two frames');
      frame = readFrame(marker, payload);
    }
    offset = end;
  }
  if (frame === undefined) throw invalidImage('JPEG', 'its image data comes before its size');
  return {
    format: 'jpeg',
    ...frame,
    orientation: orientation ?? 1,
    hasIccProfile,
    scanOffset: offset,
  };
}

type Frame = Pick<JpegHeader, 'width' | 'height' | 'progressive' | 'components'>;

function readFrame(marker: number, payload: Uint8Array): Frame {
  const kind = FRAMES[marker] ?? '';
  if (marker > 0xc2) {
    throw unsupportedImage('jpeg', `A JPEG with ${kind} coding`, 'Save it as a baseline JPEG.');
  }
  const [precision = 0, heightHigh = 0, heightLow = 0, widthHigh = 0, widthLow = 0, count = 0] =
    payload;
  if (payload.length < 6 || payload.length !== 6 + 3 * count) {
    throw invalidImage('JPEG', 'its frame header has the wrong length');
  }
  if (precision !== 8) {
    throw unsupportedImage(
      'jpeg',
      `A JPEG with ${precision} bits`,
      'Save it with 8 bits a channel.',
    );
  }
  const width = (widthHigh << 8) | widthLow;
  const height = (heightHigh << 8) | heightLow;
  if (height === 0) {
    throw unsupportedImage('jpeg', 'A JPEG without a height (DNL)', 'Save it again.');
  }
  if (width === 0 || count === 0) throw invalidImage('JPEG', 'its width is 0');
  if (count !== 1 && count !== 3) {
    throw unsupportedImage(
      'jpeg',
      count === 4 ? 'A CMYK JPEG' : `A JPEG with ${count} components`,
      'Convert it to RGB: what CMYK looks like depends on the printer.',
    );
  }
  const components = Array.from({ length: count }, (_, index) => payload[6 + 3 * index] ?? 0);
  if (new Set(components).size !== count) throw invalidImage('JPEG', 'two components are one');
  return { width, height, progressive: marker === 0xc2, components };
}

function startsWith(payload: Uint8Array, text: string): boolean {
  return Array.from(text).every((letter, index) => payload[index] === letter.charCodeAt(0));
}
