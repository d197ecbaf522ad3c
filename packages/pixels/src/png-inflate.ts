import { Inflate } from 'fflate';
import { invalidImage, truncatedImage } from './image-error.ts';

/**
 * How much compressed data is handed over at once. Deflate expands at most 1032 times, so that a
 * zip bomb gets 34 MB further than the header promised and no more.
 */
const STEP_BYTES = 32 * 1024;

/**
 * This much input without output means that the stream has ended: the longest silence inside one
 * is a stored block of 64 KiB that has not arrived whole.
 */
const MAX_SILENT_BYTES = 3 * STEP_BYTES;

/**
 * Inflates a zlib stream to exactly `size` bytes; more is ignored, as libpng does. The Adler-32 at
 * the end is not looked at: each chunk's CRC-32 covered the compressed bytes, and the size is right.
 * @throws `IMAGE_INVALID`, `IMAGE_TRUNCATED`
 */
export function inflatePng(stream: Uint8Array, size: number): Uint8Array {
  assertZlibHeader(stream);
  const output = new Uint8Array(size);
  let filled = 0;
  const inflate = new Inflate((chunk) => {
    const part = chunk.subarray(0, size - filled);
    output.set(part, filled);
    filled += part.length;
  });
  let silent = 0;
  try {
    for (let at = 2; at < stream.length && silent < MAX_SILENT_BYTES; at += STEP_BYTES) {
      const before = filled;
      inflate.push(stream.subarray(at, at + STEP_BYTES));
      if (filled === size) return output;
      silent = filled === before ? silent + STEP_BYTES : 0;
    }
  } catch (error) {
    throw invalidImage('PNG', 'its compressed data is wrong', error);
  }
  throw truncatedImage('PNG', `it holds ${filled} of ${size} bytes of pixels`);
}

function assertZlibHeader([method = 0, flags = 0]: Uint8Array): void {
  // RFC 1950: deflate, a window of at most 32 KiB, no preset dictionary, a multiple of 31.
  const isDeflate = (method & 15) === 8 && method >> 4 <= 7;
  if (!isDeflate || (flags & 0x20) !== 0 || ((method << 8) | flags) % 31 !== 0) {
    throw invalidImage('PNG', 'its compressed data has a wrong header');
  }
}
