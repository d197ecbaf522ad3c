import { crc32, deflateSync } from 'node:zlib';

/** What a test wants to have in its PNG; by default 2 x 2 pixels, 8-bit RGB, black. */
export interface WritePngOptions {
  readonly width?: number;
  readonly height?: number;
  readonly bitDepth?: number;
  /** 0 gray, 2 RGB, 3 palette, 4 gray and alpha, 6 RGB and alpha. */
  readonly colourType?: number;
  readonly interlaced?: boolean;
  /** Chunks between IHDR and IDAT. */
  readonly chunks?: readonly Uint8Array[];
  /** The compressed data of IDAT. */
  readonly data?: Uint8Array;
}

/** Writes a PNG chunk by chunk, so that tests can have what no encoder writes. */
export function writePng(options: WritePngOptions): Uint8Array {
  const { width = 2, height = 2, bitDepth = 8, colourType = 2, chunks = [] } = options;
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, width);
  new DataView(header.buffer).setUint32(4, height);
  header.set([bitDepth, colourType, 0, 0, options.interlaced === true ? 1 : 0], 8);
  const parts = [
    new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    pngChunk('IHDR', header),
    ...chunks,
    pngChunk('IDAT', options.data ?? deflateSync(new Uint8Array(64))),
    pngChunk('IEND', new Uint8Array()),
  ];
  return new Uint8Array(Buffer.concat(parts));
}

/** One chunk with its length and CRC. */
export function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const chunk = new Uint8Array(12 + data.length);
  const view = new DataView(chunk.buffer);
  view.setUint32(0, data.length);
  chunk.set(new TextEncoder().encode(type), 4);
  chunk.set(data, 8);
  view.setUint32(8 + data.length, crc32(chunk.subarray(4, 8 + data.length)));
  return chunk;
}
