import { createCanvas, loadImage } from '@napi-rs/canvas';
import { describe, expect, it } from 'vitest';
import { COLOURS } from './colours.ts';
import { drawPng } from './draw-png.ts';
import { textWidth } from './font.ts';

/** In the lower half: the first and the last column that holds anything but the surface. */
async function inkOf(
  png: Uint8Array,
): Promise<{ left: number; right: number; colours: Set<string> }> {
  const image = await loadImage(Buffer.from(png));
  const context = createCanvas(image.width, image.height).getContext('2d');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  const columns: number[] = [];
  const colours = new Set<string>();
  // Below the title.
  const start = Math.ceil(image.height / 2) * image.width;
  for (let pixel = start; pixel < data.length / 4; pixel += 1) {
    const hex = `#${Buffer.from(data.subarray(pixel * 4, pixel * 4 + 3)).toString('hex')}`;
    if (hex === COLOURS.light.surface) continue;
    columns.push(pixel % image.width);
    colours.add(hex);
  }
  return { left: Math.min(...columns), right: Math.max(...columns), colours };
}

describe(drawPng, () => {
  it('sets its text in the bundled font', async () => {
    const words = 'Wide and illi, Łódź, Ελλάδα, Мир';
    const text = { type: 'text', text: words, fontSize: 20, fill: '#1b1f24' };
    const spec = { data: { values: [{}] }, width: 500, height: 30, mark: text };
    const figure = { id: 'words', title: '.', caption: '', description: '.', spec };
    const { left, right, colours } = await inkOf(await drawPng(figure, 'light', { scale: 1 }));
    // Without the room that a layout leaves. DejaVu Sans is 32 pixels off.
    expect(Math.abs(right - left - textWidth(words, 20) / 1.17)).toBeLessThan(5);
    expect(colours).toContain('#1b1f24');
  });
});
