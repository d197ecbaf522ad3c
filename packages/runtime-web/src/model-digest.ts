import { sha256Hex } from '@isometry/core';

/** SHA-256 of the model file, lower-case hex. */
export async function modelDigest(bytes: Uint8Array): Promise<string> {
  const { buffer, byteOffset, byteLength } = bytes;
  // Browsers keep `crypto.subtle` from pages that came over plain http, and it takes no shared memory.
  const subtle: SubtleCrypto | undefined = globalThis.crypto?.subtle;
  if (subtle === undefined || !(buffer instanceof ArrayBuffer)) return sha256Hex(bytes);
  const view = new Uint8Array(buffer, byteOffset, byteLength);
  const digest = new Uint8Array(await subtle.digest('SHA-256', view));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
