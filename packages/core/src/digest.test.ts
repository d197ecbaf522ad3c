import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { floatDigest, pixelDigest, sha256Hex } from './digest.ts';

const byNode = (...parts: Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

describe('digests', () => {
  it('are SHA-256 as node:crypto computes it', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, index) => (index * 7) % 256);
    expect(sha256Hex(bytes)).toBe(byNode(bytes));
    expect(sha256Hex(bytes.subarray(3, 100))).toBe(byNode(bytes.subarray(3, 100)));
  });

  it('prefix pixels with width and height as uint32 little-endian', () => {
    const data = Uint8Array.from({ length: 2 * 300 * 3 }, (_, index) => index % 251);
    const header = Uint8Array.of(0x2c, 1, 0, 0, 2, 0, 0, 0);
    expect(pixelDigest({ width: 300, height: 2, data })).toBe(byNode(header, data));
    expect(pixelDigest({ width: 2, height: 300, data })).not.toBe(byNode(header, data));
  });

  it('see the bits of floats, through a view with an offset too', () => {
    const values = Float32Array.of(9, 1.5, -0, 0);
    const tail = values.subarray(1);
    expect(floatDigest(tail)).toBe(byNode(new Uint8Array(values.buffer, 4, 12)));
    expect(floatDigest(Float32Array.of(-0))).not.toBe(floatDigest(Float32Array.of(0)));
  });
});
