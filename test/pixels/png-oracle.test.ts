import { createRequire } from 'node:module';
import { deflateSync } from 'node:zlib';
import type { PixelSpec } from '@isometry/core';
import { createImageDecoder } from '@isometry/pixels';
import { describe, expect, it } from 'vitest';
import { createRandom } from './random.ts';
import { pngChunk, writePng } from './write-png.ts';

/** lodepng in WebAssembly. Pillow cannot be the judge here: it mistakes tRNS below 8 bits. */
interface Lodepng {
  decode(png: Uint8Array): { data: Uint8ClampedArray };
}
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its types need DOM's ImageData
const lodepng = createRequire(import.meta.url)('@cwasm/lodepng') as Lodepng;

const BACKGROUND = [200, 10, 99] as const;
const WIDTH = 13;
const HEIGHT = 11;
const SPEC: PixelSpec = {
  version: 'pixels/1',
  width: 1,
  height: 1,
  fit: 'stretch',
  filter: 'bilinear',
  background: BACKGROUND,
  mean: [0, 0, 0],
  std: [1, 1, 1],
  jpegOversampling: 1,
};
const ADAM7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;
const WHOLE = [[0, 0, 1, 1]] as const;

const decode = createImageDecoder();

/** Rows of noise, each behind a filter byte of its own. */
function noise(bitsPerPixel: number, interlaced: boolean, random: () => number): Uint8Array {
  const rows = (interlaced ? ADAM7 : WHOLE).flatMap(([x, y, stepX, stepY]) => {
    const bytes = Math.ceil((Math.ceil((WIDTH - x) / stepX) * bitsPerPixel) / 8);
    return Array.from({ length: Math.ceil((HEIGHT - y) / stepY) }, () => [
      Math.floor(random() * 5),
      ...Array.from({ length: bytes }, () => Math.floor(random() * 256)),
    ]);
  });
  return Uint8Array.from(rows.flat());
}

function overBackground(rgba: Uint8ClampedArray): number[] {
  const rgb: number[] = [];
  for (let at = 0; at < rgba.length; at += 4) {
    const alpha = rgba[at + 3] ?? 0;
    for (const [channel, background] of BACKGROUND.entries()) {
      const exact = ((rgba[at + channel] ?? 0) * alpha + background * (255 - alpha)) / 255;
      // Halves cannot occur: 255 is odd.
      rgb.push(Math.round(exact));
    }
  }
  return rgb;
}

describe.each([
  ['gray', 0, 1, [1, 2, 4, 8]],
  ['RGB', 2, 3, [8]],
  ['palette', 3, 1, [1, 2, 4, 8]],
  ['gray and alpha', 4, 2, [8]],
  ['RGB and alpha', 6, 4, [8]],
] as const)('%s PNGs decode as lodepng decodes them', (_, colourType, channels, depths) => {
  const kinds = depths.flatMap((bitDepth) =>
    [false, true].flatMap((interlaced) =>
      [false, true].map((transparent) => ({ bitDepth, interlaced, transparent })),
    ),
  );
  it.each(kinds)('$bitDepth bits, interlaced $interlaced, tRNS $transparent', async (kind) => {
    const { bitDepth, interlaced, transparent } = kind;
    const random = createRandom(colourType * 1000 + bitDepth);
    const bytes = (count: number): Uint8Array =>
      Uint8Array.from({ length: count }, () => Math.floor(random() * 256));
    const data = noise(channels * bitDepth, interlaced, random);
    const chunks = colourType === 3 ? [pngChunk('PLTE', bytes(3 * 2 ** bitDepth))] : [];
    if (transparent && colourType === 0) chunks.push(pngChunk('tRNS', Uint8Array.of(0, 1)));
    if (transparent && colourType === 2) chunks.push(pngChunk('tRNS', keyOf(data)));
    if (transparent && colourType === 3) chunks.push(pngChunk('tRNS', bytes(2 ** bitDepth)));
    const png = writePng({
      width: WIDTH,
      height: HEIGHT,
      bitDepth,
      colourType,
      interlaced,
      chunks,
      data: deflateSync(data),
    });
    const { raster } = await decode(png, SPEC);
    expect([...raster.data]).toEqual(overBackground(lodepng.decode(png).data));
  });
});

/** The first pixel's colour: no filter changes it, except that filter bytes 1 to 4 add zeros. */
function keyOf(data: Uint8Array): Uint8Array {
  return Uint8Array.of(0, data[1] ?? 0, 0, data[2] ?? 0, 0, data[3] ?? 0);
}
