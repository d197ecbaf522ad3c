import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { type ErrorCode, isIsometryError, type PixelSpec } from '@isometry/core';
import { createImageDecoder, sniffImage } from '@isometry/pixels';
import { describe, expect, it } from 'vitest';
import { IMAGES, readImage } from './corpus.ts';
import { createRandom } from './random.ts';
import { pngChunk, writePng } from './write-png.ts';

const decode = createImageDecoder();
const SPEC: PixelSpec = {
  version: 'pixels/1',
  width: 24,
  height: 24,
  fit: 'contain',
  filter: 'bilinear',
  background: [0, 0, 0],
  mean: [0, 0, 0],
  std: [1, 1, 1],
  jpegOversampling: 2,
};

/** The code and hint of the error that decoding ends in. */
async function failure(bytes: Uint8Array): Promise<ErrorCode | 'no error' | 'no hint'> {
  try {
    await decode(bytes, SPEC);
    return 'no error';
  } catch (error) {
    if (!isIsometryError(error)) throw error;
    return error.hint === undefined ? 'no hint' : error.code;
  }
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

/** `bytes` with the marker's two size fields overwritten: SOF0 or SOF2 of a JPEG. */
function claimSize(bytes: Uint8Array, width: number, height: number): Uint8Array {
  const copy = bytes.slice();
  const frame = copy.findIndex(
    (byte, at) => byte === 0xff && [0xc0, 0xc2].includes(copy[at + 1] ?? 0),
  );
  new DataView(copy.buffer).setUint16(frame + 5, height);
  new DataView(copy.buffer).setUint16(frame + 7, width);
  return copy;
}

const jpeg = await readImage('jpeg-420.jpg');
const progressive = await readImage('jpeg-progressive.jpg');
const png = await readImage('png-rgb.png');
const webp = await readImage('webp-lossy.webp');
const EOI = new Uint8Array([0xff, 0xd9]);

describe('broken and foreign files end in a coded error with a hint', () => {
  it.each<[string, Uint8Array, ErrorCode]>([
    ['no bytes', new Uint8Array(), 'IMAGE_INVALID'],
    ['a text file', text('These are not the pixels.'), 'IMAGE_UNSUPPORTED'],
    ['an SVG', text('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'IMAGE_UNSUPPORTED'],
    ['a GIF', text('GIF89a\x01\0\x01\0\0\0\0'), 'IMAGE_UNSUPPORTED'],
    ['a TIFF', text('II*\0\x08\0\0\0'), 'IMAGE_UNSUPPORTED'],
    ['a BMP', text('BM\x3a\0\0\0\0\0\0\0\x36\0\0\0'), 'IMAGE_UNSUPPORTED'],
    ['an AVIF', text('\0\0\0\x1cftypavif\0\0\0\0'), 'IMAGE_UNSUPPORTED'],
    ['a HEIC', text('\0\0\0\x18ftypheic\0\0\0\0'), 'IMAGE_UNSUPPORTED'],
    ['three bytes of a JPEG', jpeg.subarray(0, 3), 'IMAGE_TRUNCATED'],
    ['half a JPEG', jpeg.subarray(0, jpeg.length / 2), 'IMAGE_TRUNCATED'],
    ['a JPEG without its last byte', jpeg.subarray(0, -1), 'IMAGE_TRUNCATED'],
    ['half a JPEG with an end', concat(jpeg.subarray(0, jpeg.length / 2), EOI), 'IMAGE_TRUNCATED'],
    ['a JPEG without its scan', concat(jpeg.subarray(0, 20), EOI), 'IMAGE_TRUNCATED'],
    ['a progressive JPEG without its last scan', dropLastScan(progressive), 'IMAGE_TRUNCATED'],
    ['half a PNG', png.subarray(0, png.length / 2), 'IMAGE_TRUNCATED'],
    ['a PNG without IEND', png.subarray(0, -12), 'IMAGE_TRUNCATED'],
    ['a PNG with a flipped bit', flipBit(png, png.length - 40), 'IMAGE_INVALID'],
    ['half a WebP', webp.subarray(0, webp.length / 2), 'IMAGE_TRUNCATED'],
    ['a JPEG of 30,000 x 30,000', claimSize(jpeg, 30_000, 30_000), 'IMAGE_TOO_LARGE'],
    [
      'a progressive JPEG of 11,000 x 11,000, whose coefficients would fill 726 MB',
      claimSize(progressive, 11_000, 11_000),
      'IMAGE_TOO_LARGE',
    ],
    ['a PNG of 30,000 x 30,000', writePng({ width: 30_000, height: 30_000 }), 'IMAGE_TOO_LARGE'],
    ['a PNG of 67,108,864 x 1', writePng({ width: 2 ** 26, height: 1 }), 'IMAGE_TOO_LARGE'],
    ['a PNG of 1 x 67,108,864', writePng({ width: 1, height: 2 ** 26 }), 'IMAGE_TOO_LARGE'],
    ['a PNG with 16 bits', writePng({ bitDepth: 16 }), 'IMAGE_UNSUPPORTED'],
    [
      'an animated PNG',
      writePng({ chunks: [pngChunk('acTL', new Uint8Array(8))] }),
      'IMAGE_UNSUPPORTED',
    ],
    [
      'a PNG with an unknown critical chunk',
      writePng({ chunks: [pngChunk('ABCD', new Uint8Array())] }),
      'IMAGE_INVALID',
    ],
    [
      'a PNG whose data is not zlib',
      writePng({ data: text('nothing compressed') }),
      'IMAGE_INVALID',
    ],
    [
      'a PNG with too few pixels',
      writePng({ data: deflateSync(new Uint8Array(3)) }),
      'IMAGE_TRUNCATED',
    ],
    ['a palette PNG without a palette', writePng({ colourType: 3 }), 'IMAGE_INVALID'],
  ])('%s', async (_, bytes, code) => {
    expect(await failure(bytes)).toBe(code);
  });

  it('a CMYK JPEG is unsupported', async () => {
    const bytes = new Uint8Array(await readFile(join(IMAGES, 'refused', 'jpeg-cmyk.jpg')));
    expect(await failure(bytes)).toBe('IMAGE_UNSUPPORTED');
  });

  it('an animated WebP is unsupported', async () => {
    const bytes = new Uint8Array(await readFile(join(IMAGES, 'refused', 'webp-animated.webp')));
    expect(await failure(bytes)).toBe('IMAGE_UNSUPPORTED');
  });
});

describe('harmless damage', () => {
  it('keeps the pixels and passes on what libjpeg said', async () => {
    const junk = concat(jpeg.subarray(0, -2), new Uint8Array(9), EOI);
    const [clean, damaged] = [await decode(jpeg, SPEC), await decode(junk, SPEC)];
    expect(damaged.pixels).toEqual(clean.pixels);
    expect(damaged.warnings).toEqual([
      {
        code: 'jpeg-damaged',
        message: expect.stringMatching(/^libjpeg: Corrupt JPEG data: .+0xd9$/),
      },
    ]);
  });

  it('ignores what follows the end of an image', async () => {
    const tail = new Uint8Array(100).fill(7);
    await Promise.all(
      [jpeg, png, webp].map(async (bytes) => {
        const plain = await decode(bytes, SPEC);
        expect(await decode(concat(bytes, tail), SPEC)).toEqual(plain);
      }),
    );
  });
});

describe('compressed data is inflated no further than the image needs', () => {
  const NOT_DEFLATE = new Uint8Array(1000).fill(0xff);

  it('a zip bomb stops at the size in the header', async () => {
    // 64 MB of zeros, and then an error that only who goes on would meet.
    const zeros = deflateSync(new Uint8Array(64e6), { level: 9 });
    const bomb = writePng({ data: concat(zeros.subarray(0, -100), NOT_DEFLATE) });
    expect((await decode(bomb, SPEC)).raster).toMatchObject({ width: 2, height: 2 });
  });

  it('a stream that has ended is not pushed on', async () => {
    const short = concat(deflateSync(new Uint8Array(3)), new Uint8Array(20e6));
    const started = performance.now();
    expect(await failure(writePng({ data: short }))).toBe('IMAGE_TRUNCATED');
    // 600 steps, each copying what came before: 16 s without the guard, 0.7 s with it.
    expect(performance.now() - started).toBeLessThan(5000);
  });

  it('a profile is never inflated', async () => {
    const tagged = writePng({ chunks: [pngChunk('iCCP', concat(text('x\0\0'), NOT_DEFLATE))] });
    const { warnings } = await decode(tagged, SPEC);
    expect(warnings.map(({ code }) => code)).toEqual(['icc-ignored']);
  });
});

describe('mutations', () => {
  const FILES = ['jpeg-420.jpg', 'jpeg-progressive.jpg', 'png-palette-4.png', 'png-interlaced.png'];
  const MUTATIONS = 40;

  it.each([...FILES, 'webp-lossy-alpha.webp', 'webp-lossless-alpha.webp'])(
    `${MUTATIONS} of %s give pixels or a coded error, and leave the decoder sound`,
    async (file) => {
      const bytes = await readImage(file);
      const clean = await decode(bytes, SPEC);
      const random = createRandom(file.length);
      const answers = [];
      for (let round = 0; round < MUTATIONS; round++) {
        // oxlint-disable-next-line no-await-in-loop -- one at a time, so that a hang names itself
        answers.push(await failure(mutate(bytes, random)));
      }
      expect(answers).not.toContain('no hint');
      expect(answers.some((answer) => answer !== 'no error')).toBe(true);
      expect(await decode(bytes, SPEC)).toEqual(clean);
    },
  );

  it('headers cut at every byte are refused', () => {
    for (const bytes of [jpeg, png, webp]) {
      for (let length = 0; length < Math.min(700, bytes.length - 1); length++) {
        const cut = bytes.subarray(0, length);
        // A JPEG's header is whole from its first scan on.
        if (bytes === jpeg && length > headerLength(jpeg)) continue;
        expect(() => sniffImage(cut)).toThrow(expect.objectContaining({ name: 'IsometryError' }));
      }
    }
  });
});

/** Up to eight bytes replaced, or a piece cut out, or the end cut off. */
function mutate(bytes: Uint8Array, random: () => number): Uint8Array {
  const at = (): number => Math.floor(random() * bytes.length);
  const kind = random();
  if (kind < 0.15) return bytes.slice(0, at());
  if (kind < 0.3) {
    const start = at();
    return concat(bytes.subarray(0, start), bytes.subarray(start + 1 + Math.floor(random() * 64)));
  }
  const copy = bytes.slice();
  for (let count = Math.ceil(random() * 8); count > 0; count--) copy[at()] = random() * 256;
  return copy;
}

function concat(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

function flipBit(bytes: Uint8Array, at: number): Uint8Array {
  return bytes.map((byte, index) => (index === at ? byte ^ 4 : byte));
}

function headerLength(bytes: Uint8Array): number {
  return Buffer.from(bytes).indexOf(Buffer.from([0xff, 0xda])) + 13;
}

function dropLastScan(bytes: Uint8Array): Uint8Array {
  return concat(bytes.subarray(0, Buffer.from(bytes).lastIndexOf(Buffer.from([0xff, 0xda]))), EOI);
}
