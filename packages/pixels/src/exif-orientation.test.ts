import { describe, expect, it } from 'vitest';
import { readExifOrientation } from './exif-orientation.ts';

/** A TIFF block with one directory entry. */
function tiff(options: {
  little: boolean;
  tag?: number;
  type?: number;
  value: number;
}): Uint8Array {
  const { little, tag = 0x0112, type = 3, value } = options;
  const bytes = new Uint8Array(26);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, little ? 0x4949 : 0x4d4d);
  view.setUint16(2, 42, little);
  view.setUint32(4, 8, little);
  view.setUint16(8, 1, little);
  view.setUint16(10, tag, little);
  view.setUint16(12, type, little);
  view.setUint32(14, 1, little);
  view.setUint16(18, value, little);
  return bytes;
}

describe('readExifOrientation', () => {
  it.each([true, false])('reads all eight values (little-endian: %s)', (little) => {
    const values = [1, 2, 3, 4, 5, 6, 7, 8];
    expect(values.map((value) => readExifOrientation(tiff({ little, value })))).toEqual(values);
  });

  it('counts anything odd as upright', () => {
    expect(readExifOrientation(tiff({ little: true, value: 9 }))).toBe(1);
    expect(readExifOrientation(tiff({ little: true, value: 0 }))).toBe(1);
    expect(readExifOrientation(tiff({ little: true, value: 6, type: 4 }))).toBe(1);
    expect(readExifOrientation(tiff({ little: true, value: 6, tag: 0x0111 }))).toBe(1);
    const farAway = tiff({ little: true, value: 6 });
    farAway.set([0xff, 0xff, 0xff, 0xff], 4);
    expect(readExifOrientation(farAway)).toBe(1);
  });

  it('is upright wherever the block is cut off', () => {
    const whole = tiff({ little: false, value: 6 });
    for (let length = 0; length < 22; length++) {
      expect(readExifOrientation(whole.subarray(0, length))).toBe(1);
    }
    expect(readExifOrientation(whole)).toBe(6);
  });
});
