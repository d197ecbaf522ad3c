import { createHash } from 'node:crypto';

/** SHA-256 of the model file, lower-case hex. */
export function modelDigest(bytes: Uint8Array): Promise<string> {
  return Promise.resolve(createHash('sha256').update(bytes).digest('hex'));
}
