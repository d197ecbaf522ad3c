import { loadImage } from '@napi-rs/canvas';
import type { PixelImage } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { contactSheet } from './contact-sheet.ts';
import { encodePicture } from './encode-picture.ts';
import { pictureCanvas } from './picture-canvas.ts';

/** Red on the left, blue on the right. */
function flag(width: number, height: number): PixelImage {
  const data = new Uint8Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel += 1) {
    data[3 * pixel + (pixel % width < width / 2 ? 0 : 2)] = 255;
  }
  return { width, height, data };
}

describe(pictureCanvas, () => {
  it.each([
    [600, 450, 128, 96],
    [450, 600, 96, 128],
    [1000, 3, 128, 1],
    [40, 20, 40, 20],
    [1, 1, 1, 1],
  ])('makes %i x %i fit: %i x %i', (width, height, expectedWidth, expectedHeight) => {
    const canvas = pictureCanvas(flag(width, height), 128);
    expect([canvas.width, canvas.height]).toEqual([expectedWidth, expectedHeight]);
  });

  it('keeps the colours where they are', () => {
    const { data } = pictureCanvas(flag(600, 400), 60).getContext('2d').getImageData(0, 0, 60, 40);
    expect(Array.from(data.subarray(0, 4))).toEqual([255, 0, 0, 255]);
    expect(Array.from(data.subarray(4 * 59, 4 * 60))).toEqual([0, 0, 255, 255]);
  });

  it.each([
    ['too few bytes', { width: 2, height: 2, data: new Uint8Array(11) }],
    ['no width', { width: 0, height: 2, data: new Uint8Array(0) }],
  ])('refuses %s', (_, image) => {
    expect(() => pictureCanvas(image, 128)).toThrow(
      expect.objectContaining({ code: 'TENSOR_INVALID' }) as Error,
    );
  });
});

describe(encodePicture, () => {
  it('makes a JPEG that decodes to the same picture, the same bytes every time', async () => {
    const uri = await encodePicture(flag(600, 400));
    expect(uri).toMatch(/^data:image\/jpeg;base64,[A-Za-z0-9+/]+=*$/u);
    const image = await loadImage(Buffer.from(uri.slice(uri.indexOf(',') + 1), 'base64'));
    expect([image.width, image.height]).toEqual([128, 85]);
    expect(await encodePicture(flag(600, 400))).toBe(uri);
  });

  it('is smaller with less quality and a shorter side', async () => {
    const noise = flag(256, 256);
    for (let index = 0; index < noise.data.length; index += 1) {
      noise.data[index] = (index * 7919) % 251;
    }
    const [best, poor, small] = await Promise.all([
      encodePicture(noise),
      encodePicture(noise, { quality: 20 }),
      encodePicture(noise, { side: 32 }),
    ]);
    expect(poor.length).toBeLessThan(best.length);
    expect(small.length).toBeLessThan(best.length);
  });

  it.each([{ side: 0 }, { side: 1.5 }, { quality: 0 }, { quality: 101 }, { quality: Number.NaN }])(
    'refuses %j',
    async (options) => {
      await expect(encodePicture(flag(2, 2), options)).rejects.toMatchObject({
        code: 'OPTION_INVALID',
      });
    },
  );
});

describe(contactSheet, () => {
  const pictures = Array.from({ length: 8 }, (_, index) => ({
    image: flag(40 + index, 30),
    caption: `mel\n→ ${'long '.repeat(40)}${index}\n<b>&\u202E.jpg`,
  }));

  it('has two rows for eight pictures, on the surface of its theme', async () => {
    const light = await loadImage(Buffer.from(await contactSheet(pictures, 'light')));
    const dark = await loadImage(Buffer.from(await contactSheet(pictures, 'dark')));
    const one = await loadImage(Buffer.from(await contactSheet(pictures.slice(0, 1), 'light')));
    expect([light.width, light.height]).toEqual([dark.width, dark.height]);
    expect(one.width).toBeLessThan(light.width);
    expect(one.height).toBeLessThan(light.height);
    expect(await contactSheet(pictures, 'light')).not.toEqual(await contactSheet(pictures, 'dark'));
  });

  it('gives the same bytes again', async () => {
    expect(await contactSheet(pictures, 'light')).toEqual(await contactSheet(pictures, 'light'));
  });

  it('refuses no pictures', async () => {
    await expect(contactSheet([], 'light')).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });
});
