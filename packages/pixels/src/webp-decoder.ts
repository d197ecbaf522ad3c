import type { PixelImage } from '@isometry/core';
import { compileWebp } from '#wasm/webp';
import { type Colour, compositeRgba } from './composite-alpha.ts';
import { invalidImage, outOfMemory } from './image-error.ts';
import type { WebpHeader } from './webp-header.ts';

/** Decodes one WebP to RGB, its transparent parts over `background`. */
export type DecodeWebp = (bytes: Uint8Array, header: WebpHeader, background: Colour) => PixelImage;

interface LibWebp {
  readonly memory: WebAssembly.Memory;
  malloc(size: number): number;
  WebPDecodeRGBA(input: number, inputSize: number, width: number, height: number): number;
}

/** Compiles libwebp once for the life of the returned function. */
export async function createWebpDecoder(): Promise<DecodeWebp> {
  const module = await compileWebp();
  return (bytes, header, background) => {
    // This libwebp is older than the fix of CVE-2023-4863, by which an image can write over the
    // decoder's memory. The sandbox keeps that inside; a new instance an image (0.9 ms) keeps it
    // from reaching the next image, and gives the memory back.
    const webp = instantiate(module);
    try {
      return decode(webp, bytes, header, background);
    } catch (error) {
      if (error instanceof WebAssembly.RuntimeError) {
        throw invalidImage('WebP', 'the decoder trapped on it', error);
      }
      throw error;
    }
  };
}

/** Output to stdout, which nobody asked for. */
function returnZero(): number {
  return 0;
}

function instantiate(module: WebAssembly.Module): LibWebp {
  const { exports } = new WebAssembly.Instance(module, {
    wasi_snapshot_preview1: { fd_close: returnZero, fd_seek: returnZero, fd_write: returnZero },
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the exports of a frozen file
  return exports as unknown as LibWebp;
}

function decode(
  webp: LibWebp,
  bytes: Uint8Array,
  header: WebpHeader,
  background: Colour,
): PixelImage {
  const input = webp.malloc(bytes.length);
  const size = webp.malloc(8);
  if (input === 0 || size === 0) throw outOfMemory('WebP');
  new Uint8Array(webp.memory.buffer, input, bytes.length).set(bytes);
  const output = webp.WebPDecodeRGBA(input, bytes.length, size, size + 4);
  const view = new DataView(webp.memory.buffer);
  if (output === 0) throw invalidImage('WebP', 'libwebp cannot decode it');
  const { width, height } = header;
  if (view.getUint32(size, true) !== width || view.getUint32(size + 4, true) !== height) {
    throw invalidImage('WebP', 'its image has another size than its header says');
  }
  const rgba = new Uint8Array(webp.memory.buffer, output, width * height * 4);
  return { width, height, data: compositeRgba(rgba, background) };
}
