import { closeSync, openSync, readSync } from 'node:fs';
import { IsometryError } from '@isometry/core';

/** Where the pixels of a store lie: can be posted to a worker, which then shares its memory. */
export interface PixelSource {
  readonly width: number;
  readonly height: number;
  /** The first images, one after the other, `width * height * 3` bytes each. */
  readonly memory: SharedArrayBuffer;
  /** The images that `memory` has no room for, in the same form. Undefined while there are none. */
  readonly file: string | undefined;
}

/** Reads the images of a store, in any thread. */
export interface PixelReader {
  /**
   * Copies one image's RGB bytes, row by row.
   * @param into `width * height * 3` long
   * @throws `FILE_READ_FAILED` when the file that holds it is gone or cut
   */
  read(index: number, into: Uint8Array): void;
  close(): void;
}

/** @throws `FILE_READ_FAILED` */
export function openPixelReader(source: PixelSource): PixelReader {
  const imageBytes = source.width * source.height * 3;
  const memory = new Uint8Array(source.memory);
  const inMemory = memory.length / imageBytes;
  let descriptor: number | undefined;
  return {
    read: (index, into) => {
      if (index < inMemory) {
        into.set(memory.subarray(index * imageBytes, (index + 1) * imageBytes));
        return;
      }
      try {
        descriptor ??= openSync(source.file ?? '', 'r');
        const position = (index - inMemory) * imageBytes;
        if (readWhole(descriptor, into.subarray(0, imageBytes), position)) return;
      } catch (cause) {
        throw unreadable(source.file, cause);
      }
      throw unreadable(source.file, `it ends before image ${index}`);
    },
    close: () => {
      if (descriptor !== undefined) closeSync(descriptor);
      descriptor = undefined;
    },
  };
}

/** Whether the file goes so far. */
function readWhole(descriptor: number, into: Uint8Array, position: number): boolean {
  for (let done = 0; done < into.length;) {
    const bytes = readSync(descriptor, into, done, into.length - done, position + done);
    if (bytes === 0) return false;
    done += bytes;
  }
  return true;
}

function unreadable(file: string | undefined, cause: unknown): IsometryError {
  return new IsometryError('FILE_READ_FAILED', `The decoded images in ${file} cannot be read.`, {
    hint: 'Leave the temporary folder alone while a training runs.',
    cause,
    details: { file },
  });
}
