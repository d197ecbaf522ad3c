import { describe, expect, it } from 'vitest';
import { prepareRaster } from './prepare-raster.ts';
import { specWith } from './spec.case.ts';

describe('prepareRaster', () => {
  it('composites straight alpha over the background, rounded to nearest', () => {
    const raw = {
      width: 2,
      height: 1,
      channels: 4,
      data: Uint8ClampedArray.of(10, 20, 30, 255, 200, 100, 0, 128),
    } as const;
    const spec = specWith({ width: 2, height: 1, background: [0, 50, 255] });
    // 200 * 128 / 255 = 100.4; (100 * 128 + 50 * 127) / 255 = 75.1; 255 * 127 / 255 = 127
    expect([...prepareRaster(raw, spec).pixels.data]).toEqual([10, 20, 30, 100, 75, 127]);
  });

  it('pads with the background, the odd pixel right and bottom', () => {
    const wide = { width: 4, height: 1, channels: 3, data: new Uint8Array(12) } as const;
    const { pixels } = prepareRaster(wide, specWith({ fit: 'contain' }));
    const rows = [0, 1, 2, 3].map((row) => pixels.data[row * 12]);
    expect(rows).toEqual([255, 0, 255, 255]);
  });

  it('does not hand out the memory that it was given', () => {
    const data = new Uint8Array(3);
    const { raster } = prepareRaster({ width: 1, height: 1, channels: 3, data }, specWith({}));
    data.fill(9);
    expect([...raster.data]).toEqual([0, 0, 0]);
  });

  it.each([
    ['too few bytes', { width: 2, height: 2, channels: 3, data: new Uint8Array(11) }],
    ['no width', { width: 0, height: 2, channels: 3, data: new Uint8Array() }],
    ['a fractional size', { width: 1.5, height: 2, channels: 4, data: new Uint8Array(12) }],
  ] as const)('refuses %s', (_, raw) => {
    expect(() => prepareRaster(raw, specWith({}))).toThrow(
      expect.objectContaining({ code: 'IMAGE_INVALID' }),
    );
  });

  it.each([
    [65_536, 1],
    [1, 65_536],
  ])('refuses %i x %i pixels, longer than a JPEG can be', (width, height) => {
    const raw = { width, height, channels: 3, data: new Uint8Array(3 * 65_536) } as const;
    expect(() => prepareRaster(raw, specWith({}))).toThrow(
      expect.objectContaining({
        code: 'IMAGE_TOO_LARGE',
        details: { limit: 'side', value: 65_535 },
      }),
    );
  });

  it('refuses a raster over the limit', () => {
    const raw = { width: 5, height: 5, channels: 3, data: new Uint8Array(75) } as const;
    expect(() => prepareRaster(raw, specWith({}), { limits: { maxRasterPixels: 24 } })).toThrow(
      expect.objectContaining({ code: 'IMAGE_TOO_LARGE' }),
    );
  });
});
