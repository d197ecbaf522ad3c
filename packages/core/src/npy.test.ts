import { expect, it } from 'vitest';
import { decodeNpy, encodeNpy } from './npy.ts';

it('gives back what was encoded, from any offset of a buffer', () => {
  const values = Float32Array.of(1, -2.5, Number.NaN, Infinity, 0, 3e-38);
  const bytes = encodeNpy(values, [2, 3]);
  expect(bytes.length % 64).toBe(24);
  const moved = new Uint8Array(bytes.length + 3);
  moved.set(bytes, 3);
  expect(decodeNpy(moved.subarray(3))).toEqual({ values, shape: [2, 3] });
});

it('takes an array without values', () => {
  expect(decodeNpy(encodeNpy(new Float32Array(), [0, 64])).shape).toEqual([0, 64]);
});

it.each([0, 5, 20, 127, 151])('refuses a file that was cut off after %d bytes', (length) => {
  const bytes = encodeNpy(Float32Array.of(1, 2, 3, 4, 5, 6), [6]);
  expect(bytes.length).toBeGreaterThan(151);
  expect(() => decodeNpy(bytes.subarray(0, length))).toThrow(
    expect.objectContaining({ code: 'FILE_READ_FAILED' }),
  );
});

it('refuses other kinds of values', () => {
  const bytes = encodeNpy(Float32Array.of(1, 2), [2]);
  bytes.set(new TextEncoder().encode("'<f8'"), bytes.indexOf('<'.charCodeAt(0)) - 1);
  expect(() => decodeNpy(bytes)).toThrow(expect.objectContaining({ code: 'FILE_READ_FAILED' }));
});
