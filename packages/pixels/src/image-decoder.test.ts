import { describe, expect, it } from 'vitest';
import { createImageDecoder } from './image-decoder.ts';
import { DEFAULT_IMAGE_LIMITS } from './image-limits.ts';
import { sniffImage } from './sniff-image.ts';
import { specWith } from './spec.case.ts';

/** A PNG of one red pixel. */
const RED = Uint8Array.from(
  atob(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  ),
  (letter) => letter.charCodeAt(0),
);

describe('createImageDecoder', () => {
  it('gives every stage', async () => {
    const decoded = await createImageDecoder()(RED, specWith({ width: 2, height: 1 }));
    expect(decoded).toEqual({
      raster: { width: 1, height: 1, data: Uint8Array.of(255, 0, 0) },
      pixels: { width: 2, height: 1, data: Uint8Array.of(255, 0, 0, 255, 0, 0) },
      tensor: Float32Array.of(2, 2, -2, -2, -2, -2),
      warnings: [],
    });
  });

  it('stops for an aborted signal', async () => {
    const signal = AbortSignal.abort();
    await expect(createImageDecoder()(RED, specWith({}), { signal })).rejects.toMatchObject({
      code: 'ABORTED',
    });
  });

  it('refuses a contract that it does not know', async () => {
    const spec = { ...specWith({}), version: 'pixels/2' } as unknown as ReturnType<typeof specWith>;
    await expect(createImageDecoder()(RED, spec)).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it.each<[string, number[]]>([
    ['jpeg', [0xff, 0xd8, 0xff]],
    ['png', [...RED.subarray(0, 40)]],
    ['webp', [0x52, 0x49, 0x46, 0x46, 0xff, 0, 0, 0, 0x57, 0x45, 0x42, 0x50]],
  ])('spells %s in an error as in a header', async (format, bytes) => {
    await expect(createImageDecoder()(Uint8Array.from(bytes), specWith({}))).rejects.toMatchObject({
      code: 'IMAGE_TRUNCATED',
      details: { format },
    });
  });

  it('applies its limits before it decodes', async () => {
    const decode = createImageDecoder({ limits: { maxBytes: 10 } });
    await expect(decode(RED, specWith({}))).rejects.toMatchObject({
      code: 'IMAGE_TOO_LARGE',
      details: { limit: 'maxBytes', value: 10 },
    });
  });

  it('refuses limits that are no numbers', () => {
    expect(() => createImageDecoder({ limits: { maxPixels: Number.NaN } })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});

describe('sniffImage', () => {
  it('reads a header', () => {
    expect(sniffImage(RED)).toEqual({ format: 'png', width: 1, height: 1, orientation: 1 });
  });

  it('lets a 100-megapixel image through by default', () => {
    expect(11_648 * 8_736).toBeLessThan(DEFAULT_IMAGE_LIMITS.maxPixels);
    expect(30_000 * 30_000).toBeGreaterThan(DEFAULT_IMAGE_LIMITS.maxPixels);
  });
});
