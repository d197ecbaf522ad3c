import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { IsometryError, type PixelImage } from '@isometry/core';
import { openPixelReader, type PixelSource } from './pixel-reader.ts';

/** Decoded images of one size as 8-bit RGB: in shared memory up to a limit, beyond it in a file. */
export interface PixelStore {
  /** How many images were added. */
  readonly count: number;
  /** What a worker needs in order to read the same images with {@link openPixelReader}. */
  readonly source: PixelSource;
  /**
   * Copies an image in.
   * @returns its index: 0, 1, 2, …
   * @throws `TENSOR_INVALID` for another size, `FILE_WRITE_FAILED` when the disk is full,
   *   `OPTION_INVALID` beyond the capacity
   */
  add(pixels: PixelImage): number;
  /**
   * Copies an image out.
   * @param into `width * height * 3` long
   * @throws `OPTION_INVALID` when there is no such image, `FILE_READ_FAILED`
   */
  read(index: number, into: Uint8Array): void;
  /** Removes the file. Memory goes when nothing points to the store any more. Safe to call twice. */
  close(): void;
}

export interface CreatePixelStoreOptions {
  readonly width: number;
  readonly height: number;
  /** The most images that will be added. */
  readonly capacity: number;
  /** Bytes of memory, at most. 0 puts every image into the file. @defaultValue {@link MAX_CACHE_BYTES} */
  readonly maxCacheBytes?: number | undefined;
  /** Where the file goes, in a folder of its own. @defaultValue the system's temporary folder */
  readonly spillFolder?: string | undefined;
}

/** 1 GiB: 21,845 images of 128 px, 3,971 of 299 px. Beyond it the system's page cache takes over. */
export const MAX_CACHE_BYTES: number = 2 ** 30;

/** @throws `OPTION_INVALID` when the memory cannot be had */
export function createPixelStore(options: CreatePixelStoreOptions): PixelStore {
  const { width, height, capacity, maxCacheBytes = MAX_CACHE_BYTES } = options;
  if (!Number.isSafeInteger(maxCacheBytes) || maxCacheBytes < 0) {
    throw new IsometryError('OPTION_INVALID', `maxCacheBytes is ${maxCacheBytes}.`, {
      hint: 'Give a number of bytes, 0 or more.',
      details: { option: 'maxCacheBytes' },
    });
  }
  const imageBytes = width * height * 3;
  const inMemory = Math.min(capacity, Math.floor(maxCacheBytes / imageBytes));
  const memory = allocate(inMemory * imageBytes);
  const spill = createSpill(options.spillFolder ?? tmpdir());
  const source = (): PixelSource => ({ width, height, memory, file: spill.file });
  let reader = openPixelReader(source());
  let count = 0;
  return {
    get count() {
      return count;
    },
    get source() {
      return source();
    },
    add: (pixels) => {
      if (pixels.width !== width || pixels.height !== height || pixels.data.length !== imageBytes) {
        throw new IsometryError(
          'TENSOR_INVALID',
          `An image is ${pixels.width} x ${pixels.height}, the store holds ${width} x ${height}.`,
        );
      }
      if (count >= capacity) {
        throw new IsometryError('OPTION_INVALID', `The store was made for ${capacity} images.`, {
          details: { option: 'capacity' },
        });
      }
      if (count < inMemory) {
        new Uint8Array(memory, count * imageBytes, imageBytes).set(pixels.data);
      } else {
        const isFirst = spill.file === undefined;
        spill.write(pixels.data, (count - inMemory) * imageBytes);
        if (isFirst) reader = openPixelReader(source());
      }
      count += 1;
      return count - 1;
    },
    read: (index, into) => {
      assertIndex(index, count);
      reader.read(index, into);
    },
    close: () => {
      reader.close();
      spill.close();
    },
  };
}

/** @throws `OPTION_INVALID` when a store of `count` images has no image `index` */
export function assertIndex(index: number, count: number): void {
  if (Number.isInteger(index) && index >= 0 && index < count) return;
  throw new IsometryError('OPTION_INVALID', `There is no image ${index}: the store has ${count}.`, {
    details: { index, count },
  });
}

/** Pages that are never written cost nothing, so that `capacity` may be generous. */
function allocate(bytes: number): SharedArrayBuffer {
  try {
    return new SharedArrayBuffer(bytes);
  } catch (cause) {
    throw new IsometryError('OPTION_INVALID', `${bytes} bytes of memory cannot be had.`, {
      hint: 'Give a smaller maxCacheBytes: the other images go to a file.',
      cause,
      details: { option: 'maxCacheBytes', bytes },
    });
  }
}

/** A file that is made with its first bytes. */
function createSpill(parent: string) {
  let folder: string | undefined;
  let file: string | undefined;
  let descriptor: number | undefined;
  return {
    get file() {
      return file;
    },
    write: (bytes: Uint8Array, position: number): void => {
      try {
        if (descriptor === undefined) {
          folder = mkdtempSync(join(parent, 'isometry-pixels-'));
          const path = join(folder, 'pixels.rgb');
          descriptor = openSync(path, 'wx', 0o600);
          file = path;
        }
        for (let done = 0; done < bytes.length;) {
          done += writeSync(descriptor, bytes, done, bytes.length - done, position + done);
        }
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new IsometryError(
          'FILE_WRITE_FAILED',
          `Decoded images could not be kept in ${folder ?? parent}: ${reason}`,
          {
            hint: 'Make room there, name another temporary folder, or allow more memory.',
            cause,
            details: { folder: folder ?? parent },
          },
        );
      }
    },
    close: (): void => {
      if (descriptor !== undefined) closeSync(descriptor);
      if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
      descriptor = undefined;
      folder = undefined;
    },
  };
}
