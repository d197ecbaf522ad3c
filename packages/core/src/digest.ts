import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { PixelImage } from './types.ts';

/** SHA-256 as lower-case hex. Plain JavaScript: equal everywhere, also where `crypto.subtle` is missing. */
export function sha256Hex(bytes: Uint8Array): string {
  return bytesToHex(sha256(bytes));
}

/** The identity of a PixelImage: SHA-256 over width, height (uint32 little-endian) and the pixels. */
export function pixelDigest(image: PixelImage): string {
  const header = new Uint8Array(8);
  const view = new DataView(header.buffer);
  view.setUint32(0, image.width, true);
  view.setUint32(4, image.height, true);
  return bytesToHex(sha256.create().update(header).update(image.data).digest());
}

/** SHA-256 over the values as little-endian float32. */
export function floatDigest(values: Float32Array): string {
  if (isLittleEndian) {
    return sha256Hex(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  const bytes = new Uint8Array(values.byteLength);
  const view = new DataView(bytes.buffer);
  for (const [index, value] of values.entries()) view.setFloat32(index * 4, value, true);
  return sha256Hex(bytes);
}

const isLittleEndian: boolean = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1;
