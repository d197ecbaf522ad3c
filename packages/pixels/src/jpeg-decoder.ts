import type { PixelImage, Warning } from '@isometry/core';
import { compileJpegTurbo } from '#wasm/jpeg-turbo';
import { invalidImage, outOfMemory, truncatedImage, unsupportedImage } from './image-error.ts';
import type { JpegHeader } from './jpeg-header.ts';
import { assertJpegComplete } from './jpeg-scans.ts';

/** A JPEG can be decoded at 1/1, 1/2, 1/4 or 1/8 of its size, rounded up. */
export type JpegScale = 1 | 2 | 4 | 8;

/** Decodes one JPEG at 1/`scale`. Synchronous, and calls never overlap: it runs on one thread. */
export type DecodeJpeg = (
  bytes: Uint8Array,
  header: JpegHeader,
  scale: JpegScale,
) => { readonly raster: PixelImage; readonly warnings: readonly Warning[] };

interface JpegTurbo {
  readonly memory: WebAssembly.Memory;
  malloc(size: number): number;
  free(pointer: number): void;
  tjInitDecompress(): number;
  tjDestroy(handle: number): number;
  /** Returns -1 for an error and also for a warning; the pixels are there after a warning. */
  tjDecompress2(
    handle: number,
    input: number,
    inputSize: number,
    output: number,
    width: number,
    pitch: number,
    height: number,
    pixelFormat: number,
    flags: number,
  ): number;
}

const TJPF_RGB = 0;

/**
 * WebAssembly memory grows and never shrinks: one huge photo would hold its memory for the life of
 * the process. Above this an instance is dropped; a new one takes 0.6 ms. 16 MiB holds a
 * 12-megapixel photo of 5 MB decoded at 1/2.
 */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** Where the wasm of @cwasm/jpeg-turbo 0.1.3 keeps TurboJPEG's global `errStr`; a test pins it. */
const ERROR_TEXT_ADDRESS = 12_176;
/** JMSG_LENGTH_MAX of libjpeg. */
const ERROR_TEXT_LENGTH = 200;

class LongJump extends Error {}

/** Compiles libjpeg-turbo once for the life of the returned function. */
export async function createJpegDecoder(): Promise<DecodeJpeg> {
  const module = await compileJpegTurbo();
  let kept: JpegTurbo | undefined;

  return (bytes, header, scale) => {
    assertJpegComplete(bytes, header);
    const turbo = kept ?? instantiate(module);
    // An instance that throws is in an unknown state: only a decode that returned keeps it.
    kept = undefined;
    const decoded = decode(turbo, bytes, header, scale);
    if (turbo.memory.buffer.byteLength <= MAX_KEPT_BYTES) kept = turbo;
    return decoded;
  };
}

function jumpOut(): never {
  throw new LongJump();
}

function returnZero(): number {
  return 0;
}

function instantiate(module: WebAssembly.Module): JpegTurbo {
  const { exports } = new WebAssembly.Instance(module, {
    // libjpeg reports a fatal error by longjmp to the setjmp in tjDecompress2.
    env: { setjmp: returnZero, longjmp: jumpOut },
    wasi_snapshot_preview1: {
      proc_exit: jumpOut,
      environ_sizes_get: returnZero,
      environ_get: returnZero,
      fd_close: returnZero,
      fd_seek: returnZero,
      fd_write: returnZero,
    },
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the exports of a frozen file
  return exports as unknown as JpegTurbo;
}

function decode(
  turbo: JpegTurbo,
  bytes: Uint8Array,
  header: JpegHeader,
  scale: JpegScale,
): ReturnType<DecodeJpeg> {
  const width = Math.ceil(header.width / scale);
  const height = Math.ceil(header.height / scale);
  const size = width * height * 3;
  const input = allocate(turbo, bytes.length);
  const output = allocate(turbo, size);
  new Uint8Array(turbo.memory.buffer, input, bytes.length).set(bytes);
  // malloc hands out used memory: whatever happens, no image shows pixels of another.
  new Uint8Array(turbo.memory.buffer, output, size).fill(0);
  new Uint8Array(turbo.memory.buffer)[ERROR_TEXT_ADDRESS] = 0;
  const handle = turbo.tjInitDecompress();
  let status: number;
  try {
    status = turbo.tjDecompress2(
      handle,
      input,
      bytes.length,
      output,
      width,
      width * 3,
      height,
      TJPF_RGB,
      0,
    );
  } catch (error) {
    throw toImageError(error, readErrorText(turbo));
  }
  const text = status === 0 ? '' : readErrorText(turbo);
  if (text !== '' && isMissingData(text)) throw truncatedImage('JPEG', text);
  if (isOutOfMemory(text)) throw outOfMemory('JPEG');
  const data = new Uint8Array(turbo.memory.buffer, output, size).slice();
  turbo.tjDestroy(handle);
  turbo.free(input);
  turbo.free(output);
  return {
    raster: { width, height, data },
    warnings: status === 0 ? [] : [{ code: 'jpeg-damaged', message: `libjpeg: ${text}` }],
  };
}

function allocate(turbo: JpegTurbo, size: number): number {
  const pointer = turbo.malloc(size);
  if (pointer === 0) throw outOfMemory('JPEG');
  return pointer;
}

/** libjpeg keeps the text of the first warning, or of the error. */
function readErrorText(turbo: JpegTurbo): string {
  const text = new Uint8Array(turbo.memory.buffer, ERROR_TEXT_ADDRESS, ERROR_TEXT_LENGTH);
  const end = text.indexOf(0);
  return String.fromCharCode(...text.subarray(0, end < 0 ? text.length : end));
}

function isMissingData(text: string): boolean {
  return text.includes('premature end of data segment') || text.startsWith('Premature end of JPEG');
}

function isOutOfMemory(text: string): boolean {
  return /insufficient memory|memory allocation failure/i.test(text);
}

function toImageError(error: unknown, text: string): Error {
  if (!(error instanceof LongJump)) {
    // A trap (RangeError or WebAssembly.RuntimeError): the sandbox held, the image is at fault.
    return invalidImage('JPEG', 'the decoder trapped on it', error);
  }
  if (isOutOfMemory(text)) return outOfMemory('JPEG', error);
  if (/unsupported|not implemented|not supported/i.test(text)) {
    return unsupportedImage('jpeg', `A JPEG of this kind (libjpeg: ${text})`, 'Save it again.');
  }
  return invalidImage('JPEG', `libjpeg says "${text}"`, error);
}
