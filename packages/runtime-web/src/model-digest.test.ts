import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { modelDigest } from './model-digest.ts';

describe('modelDigest', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index % 256);
  const expected = createHash('sha256').update(bytes.subarray(10)).digest('hex');

  it('is SHA-256, of a view too', async () => {
    expect(await modelDigest(bytes.subarray(10))).toBe(expected);
  });

  it('takes shared memory, which crypto.subtle refuses', async () => {
    const shared = new Uint8Array(new SharedArrayBuffer(990));
    shared.set(bytes.subarray(10));
    expect(await modelDigest(shared)).toBe(expected);
  });
});
