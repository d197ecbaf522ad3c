import { type Orientation, readExifOrientation } from './exif-orientation.ts';
import { invalidImage, truncatedImage, unsupportedImage } from './image-error.ts';

/** PNG's colour types. */
export type PngColour = 'gray' | 'rgb' | 'palette' | 'gray-alpha' | 'rgb-alpha';

/** What the chunks of a PNG say, with its compressed data still compressed. */
export interface PngHeader {
  readonly format: 'png';
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
  readonly colour: PngColour;
  /** Bits a sample: 1, 2, 4 or 8. */
  readonly bitDepth: number;
  readonly interlaced: boolean;
  readonly hasIccProfile: boolean;
  /** The gamma of a gAMA chunk times 100,000, unless it is sRGB's. */
  readonly oddGamma: number | undefined;
}

/** One chunk of a PNG. */
export interface PngChunk {
  readonly type: string;
  readonly data: Uint8Array;
  /** The four bytes of the type and the data: what the CRC covers. */
  readonly checked: Uint8Array;
  readonly crc: number;
}

const COLOURS: Readonly<Record<number, { colour: PngColour; depths: readonly number[] }>> = {
  0: { colour: 'gray', depths: [1, 2, 4, 8, 16] },
  2: { colour: 'rgb', depths: [8, 16] },
  3: { colour: 'palette', depths: [1, 2, 4, 8] },
  4: { colour: 'gray-alpha', depths: [8, 16] },
  6: { colour: 'rgb-alpha', depths: [8, 16] },
};

/** 1 / 2.2, which is how sRGB files describe themselves. */
const SRGB_GAMMA = 45_455;

/**
 * Walks the chunks up to IEND.
 * @yields {PngChunk} each chunk, IEND included
 * @throws `IMAGE_TRUNCATED` when a chunk is cut off or IEND missing
 */
export function* readPngChunks(bytes: Uint8Array): Generator<PngChunk> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let offset = 8; ;) {
    if (offset + 12 > bytes.length) throw truncatedImage('PNG', 'it has no IEND chunk');
    const length = view.getUint32(offset);
    const end = offset + 12 + length;
    if (end > bytes.length) throw truncatedImage('PNG', `the chunk at byte ${offset} is cut off`);
    const checked = bytes.subarray(offset + 4, end - 4);
    const type = String.fromCharCode(...checked.subarray(0, 4));
    yield { type, data: checked.subarray(4), checked, crc: view.getUint32(end - 4) };
    if (type === 'IEND') return;
    offset = end;
  }
}

/**
 * Reads what the chunks say; data is neither decompressed nor checked yet.
 * @throws `IMAGE_INVALID`, `IMAGE_TRUNCATED`, `IMAGE_UNSUPPORTED`
 */
export function readPngHeader(bytes: Uint8Array): PngHeader {
  let size: Pick<PngHeader, 'width' | 'height' | 'colour' | 'bitDepth' | 'interlaced'> | undefined;
  let orientation: Orientation = 1;
  let hasIccProfile = false;
  let gamma: number | undefined;
  let isSrgb = false;
  for (const { type, data } of readPngChunks(bytes)) {
    if (size === undefined && type !== 'IHDR') throw invalidImage('PNG', 'IHDR is not first');
    if (type === 'IHDR') size ??= readSize(data);
    else if (type === 'iCCP') hasIccProfile = true;
    else if (type === 'sRGB') isSrgb = true;
    else if (type === 'eXIf') orientation = readExifOrientation(data);
    else if (type === 'gAMA' && data.length === 4) {
      gamma = new DataView(data.buffer, data.byteOffset).getUint32(0);
    } else if (type === 'acTL') {
      throw unsupportedImage('png', 'An animated PNG', 'Save one frame of it as a still image.');
    }
  }
  if (size === undefined) throw invalidImage('PNG', 'it has no IHDR chunk');
  const isOdd = gamma !== undefined && gamma !== SRGB_GAMMA && !isSrgb && !hasIccProfile;
  return {
    format: 'png',
    ...size,
    orientation,
    hasIccProfile,
    oddGamma: isOdd ? gamma : undefined,
  };
}

function readSize(
  data: Uint8Array,
): Pick<PngHeader, 'width' | 'height' | 'colour' | 'bitDepth' | 'interlaced'> {
  if (data.length !== 13) throw invalidImage('PNG', 'IHDR has the wrong length');
  const view = new DataView(data.buffer, data.byteOffset);
  const width = view.getUint32(0);
  const height = view.getUint32(4);
  const [bitDepth = 0, type = 0, compression = 0, filter = 0, interlace = 0] = data.subarray(8);
  const kind = COLOURS[type];
  // 2^31 - 1 is the format's own limit.
  if (width < 1 || height < 1 || width > 0x7fffffff || height > 0x7fffffff) {
    throw invalidImage('PNG', `its size is ${width} x ${height}`);
  }
  if (kind === undefined || !kind.depths.includes(bitDepth)) {
    throw invalidImage('PNG', `colour type ${type} with ${bitDepth} bits does not exist`);
  }
  if (compression !== 0 || filter !== 0 || interlace > 1) {
    throw invalidImage('PNG', 'its compression, filter or interlace method does not exist');
  }
  if (bitDepth === 16) {
    throw unsupportedImage('png', 'A PNG with 16 bits a channel', 'Save it with 8 bits a channel.');
  }
  return { width, height, colour: kind.colour, bitDepth, interlaced: interlace === 1 };
}
