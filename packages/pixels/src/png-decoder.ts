import type { PixelImage } from '@isometry/core';
import { type Colour, composite } from './composite-alpha.ts';
import { crc32 } from './crc32.ts';
import { invalidImage } from './image-error.ts';
import { unfilterRows } from './png-filter.ts';
import { type PngColour, type PngHeader, readPngChunks } from './png-header.ts';
import { inflatePng } from './png-inflate.ts';

/** Samples a pixel as stored. */
const CHANNELS: Readonly<Record<PngColour, number>> = {
  gray: 1,
  rgb: 3,
  palette: 1,
  'gray-alpha': 2,
  'rgb-alpha': 4,
};

/** Where one pass of an interlaced image puts its pixels. */
interface Pass {
  readonly x: number;
  readonly y: number;
  readonly stepX: number;
  readonly stepY: number;
}

const WHOLE_IMAGE: readonly Pass[] = [{ x: 0, y: 0, stepX: 1, stepY: 1 }];

/** The seven passes of Adam7 (PNG specification, section 8.2). */
const ADAM7: readonly Pass[] = [
  { x: 0, y: 0, stepX: 8, stepY: 8 },
  { x: 4, y: 0, stepX: 8, stepY: 8 },
  { x: 0, y: 4, stepX: 4, stepY: 8 },
  { x: 2, y: 0, stepX: 4, stepY: 4 },
  { x: 0, y: 2, stepX: 2, stepY: 4 },
  { x: 1, y: 0, stepX: 2, stepY: 2 },
  { x: 0, y: 1, stepX: 1, stepY: 2 },
];

/**
 * Decodes a PNG to RGB, its transparent parts over `background`.
 *
 * Plain TypeScript around a bounded inflate, and not a WebAssembly build of lodepng or libpng:
 * those inflate whatever a zip bomb holds (706 MB of memory in 2.7 s from 290 kB), and memory that
 * WebAssembly allocates cannot be capped from outside.
 * @throws `IMAGE_INVALID`, `IMAGE_TRUNCATED`
 */
export function decodePng(bytes: Uint8Array, header: PngHeader, background: Colour): PixelImage {
  const chunks = readPixelChunks(bytes);
  const bitsPerPixel = CHANNELS[header.colour] * header.bitDepth;
  const passes = (header.interlaced ? ADAM7 : WHOLE_IMAGE)
    .map((pass) => layOutPass(pass, header, bitsPerPixel))
    .filter(({ columns, rows }) => columns > 0 && rows > 0);
  const size = passes.reduce((sum, { rows, rowBytes }) => sum + rows * (rowBytes + 1), 0);
  const data = inflatePng(chunks.compressed, size);
  const writeRow = rowWriter(header, chunks, background);

  const { width, height } = header;
  const image = new Uint8Array(width * height * 3);
  let offset = 0;
  for (const { pass, columns, rows, rowBytes } of passes) {
    unfilterRows(data, offset, rows, rowBytes, Math.max(1, bitsPerPixel >> 3));
    for (let row = 0; row < rows; row++) {
      const line = data.subarray(offset + 1, offset + 1 + rowBytes);
      const first = (pass.y + row * pass.stepY) * width + pass.x;
      writeRow(line, columns, image, first * 3, pass.stepX * 3);
      offset += rowBytes + 1;
    }
  }
  return { width, height, data: image };
}

interface PassLayout {
  readonly pass: Pass;
  readonly columns: number;
  readonly rows: number;
  readonly rowBytes: number;
}

function layOutPass(pass: Pass, header: PngHeader, bitsPerPixel: number): PassLayout {
  const columns = Math.ceil((header.width - pass.x) / pass.stepX);
  const rows = Math.ceil((header.height - pass.y) / pass.stepY);
  return { pass, columns, rows, rowBytes: Math.ceil((columns * bitsPerPixel) / 8) };
}

interface PixelChunks {
  readonly compressed: Uint8Array;
  readonly palette: Uint8Array | undefined;
  readonly transparency: Uint8Array | undefined;
}

/** Every chunk that the pixels come from, its CRC checked; all others are left alone. */
function readPixelChunks(bytes: Uint8Array): PixelChunks {
  const parts: Uint8Array[] = [];
  let palette: Uint8Array | undefined;
  let transparency: Uint8Array | undefined;
  for (const { type, data, checked, crc } of readPngChunks(bytes)) {
    const matters = ['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND'].includes(type);
    // An upper-case first letter says that the image cannot be shown without the chunk.
    if (!matters && type < 'a') throw invalidImage('PNG', `the chunk ${type} is unknown`);
    if (!matters) continue;
    if (crc32(checked) !== crc) throw invalidImage('PNG', `the checksum of ${type} is wrong`);
    if (type === 'PLTE') palette = data;
    else if (type === 'tRNS') transparency = data;
    else if (type === 'IDAT') parts.push(data);
  }
  const compressed = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    compressed.set(part, offset);
    offset += part.length;
  }
  return { compressed, palette, transparency };
}

/** Writes the pixels of an unfiltered line as RGB, the first at `start`, each `step` bytes on. */
type WriteRow = (
  line: Uint8Array,
  columns: number,
  image: Uint8Array,
  start: number,
  step: number,
) => void;

/** One closure a kind of PNG, so that the loops inside have nothing to decide. */
function rowWriter(header: PngHeader, chunks: PixelChunks, background: Colour): WriteRow {
  const { colour, bitDepth } = header;
  if (colour === 'rgb-alpha') return alphaWriter(4, background);
  if (colour === 'gray-alpha') return alphaWriter(2, background);
  if (colour === 'rgb') return rgbWriter(chunks.transparency, background);
  if (colour === 'palette') return tableWriter(paletteTable(chunks, background), bitDepth);
  return tableWriter(grayTable(bitDepth, chunks.transparency, background), bitDepth);
}

function alphaWriter(channels: 2 | 4, [red, green, blue]: Colour): WriteRow {
  // Gray plus alpha reads its one sample three times.
  const next = channels === 4 ? 1 : 0;
  return (line, columns, image, start, step) => {
    for (let at = 0, to = start; at < columns * channels; at += channels, to += step) {
      const alpha = line[at + channels - 1] as number;
      image[to] = composite(line[at] as number, alpha, red);
      image[to + 1] = composite(line[at + next] as number, alpha, green);
      image[to + 2] = composite(line[at + 2 * next] as number, alpha, blue);
    }
  };
}

function rgbWriter(transparency: Uint8Array | undefined, background: Colour): WriteRow {
  if (transparency !== undefined && transparency.length !== 6) {
    throw invalidImage('PNG', 'tRNS has the wrong length');
  }
  // Stored in 16 bits each, of which 8-bit images use the low ones.
  const [, red, , green, , blue] = transparency ?? [];
  return (line, columns, image, start, step) => {
    for (let at = 0, to = start; at < columns * 3; at += 3, to += step) {
      const isKey = line[at] === red && line[at + 1] === green && line[at + 2] === blue;
      image[to] = isKey ? background[0] : (line[at] as number);
      image[to + 1] = isKey ? background[1] : (line[at + 1] as number);
      image[to + 2] = isKey ? background[2] : (line[at + 2] as number);
    }
  };
}

/** 256 RGB colours, one a sample value. */
function grayTable(
  bitDepth: number,
  transparency: Uint8Array | undefined,
  background: Colour,
): Uint8Array {
  if (transparency !== undefined && transparency.length !== 2) {
    throw invalidImage('PNG', 'tRNS has the wrong length');
  }
  const highest = 2 ** bitDepth - 1;
  const table = new Uint8Array(256 * 3);
  for (let sample = 0; sample <= highest; sample++) {
    table.fill((sample * 255) / highest, sample * 3, sample * 3 + 3);
  }
  if (transparency !== undefined) table.set(background, ((transparency[1] ?? 0) & highest) * 3);
  return table;
}

/** 256 RGB colours; an index beyond the palette is black, as in lodepng and Pillow. */
function paletteTable({ palette, transparency }: PixelChunks, background: Colour): Uint8Array {
  if (palette === undefined || palette.length % 3 !== 0 || palette.length > 768) {
    throw invalidImage('PNG', 'its palette is missing or has the wrong length');
  }
  const table = new Uint8Array(256 * 3);
  for (let index = 0; index < palette.length; index++) {
    const alpha = transparency?.[Math.floor(index / 3)] ?? 255;
    table[index] = composite(palette[index] as number, alpha, background[index % 3] as number);
  }
  return table;
}

function tableWriter(table: Uint8Array, bitDepth: number): WriteRow {
  const perByte = 8 / bitDepth;
  const mask = 2 ** bitDepth - 1;
  return (line, columns, image, start, step) => {
    for (let column = 0, to = start; column < columns; column++, to += step) {
      const byte = line[Math.floor(column / perByte)] as number;
      // The leftmost pixel stands in the highest bits.
      const entry = ((byte >> (8 - bitDepth * ((column % perByte) + 1))) & mask) * 3;
      image[to] = table[entry] as number;
      image[to + 1] = table[entry + 1] as number;
      image[to + 2] = table[entry + 2] as number;
    }
  };
}
