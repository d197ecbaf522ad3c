import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  IsometryError,
  isIsometryError,
  throwIfAborted,
  type DecodeImage,
  type ErrorCode,
  type PixelImage,
  type PixelSpec,
  type Progress,
} from '@isometry/core';
import {
  datasetDigest,
  type DigestedFile,
  type ImageFolder,
  type LabelledFile,
} from '@isometry/dataset';
import { fingerprintPixels, type PixelFingerprint } from './pixel-fingerprint.ts';
import type { PixelStore } from './pixel-store.ts';

/** An image that could not be read, and was left out. */
export interface SkippedImage {
  readonly file: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface ImageSet {
  /** Sorted by path: an image's position is its index in the store. */
  readonly images: readonly LabelledFile[];
  readonly skipped: readonly SkippedImage[];
  /** Of each image. */
  readonly fingerprints: readonly PixelFingerprint[];
  /** SHA-256 over the sorted `label TAB sha256-of-file LF` lines of `images`, lower-case hex. */
  readonly digest: string;
}

export interface ReadImagesOptions {
  readonly decode: DecodeImage;
  readonly pixels: PixelSpec;
  /** 0 to 1. */
  readonly maxUnreadableShare: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** How often progress is told, in images. */
const PROGRESS_EVERY = 25;

/** How many unreadable images an error names. */
const NAMED = 5;

/** Files that are read ahead while one is decoded: their bytes are in memory, 5 MB each for a phone's photo. */
const READ_AHEAD = 4;

/**
 * Decodes every image once, by the pixel contract, into the store.
 * @throws `DATASET_UNREADABLE` when more than `maxUnreadableShare` of the images fail, `ABORTED`,
 *   `FILE_WRITE_FAILED` when the store has no room
 */
export async function readImages(
  folder: Pick<ImageFolder, 'root' | 'files'>,
  store: PixelStore,
  options: ReadImagesOptions,
): Promise<ImageSet> {
  const images: LabelledFile[] = [];
  const fingerprints: PixelFingerprint[] = [];
  const skipped: SkippedImage[] = [];
  const digested: DigestedFile[] = [];
  const total = folder.files.length;
  const ahead: Promise<Uint8Array>[] = [];
  for (const [index, { file, label }] of folder.files.entries()) {
    throwIfAborted(options.signal);
    for (const next of folder.files.slice(index + ahead.length, index + READ_AHEAD)) {
      const reading = readBytes(join(folder.root, next.file));
      // Awaited later, unless something else ends the reading before.
      reading.catch(() => undefined);
      ahead.push(reading);
    }
    const decoded = await decode(file, ahead.shift() as Promise<Uint8Array>, options);
    if ('code' in decoded) skipped.push(decoded);
    else {
      store.add(decoded.pixels);
      images.push({ file, label });
      fingerprints.push(fingerprintPixels(decoded.pixels, options.pixels.background));
      digested.push({ label, sha256: decoded.sha256 });
    }
    const done = index + 1;
    if (done % PROGRESS_EVERY === 0 || done === total) {
      options.onProgress?.({ stage: 'read-images', done, total });
    }
  }
  assertReadable(skipped, total, options.maxUnreadableShare);
  return { images, fingerprints, skipped, digest: datasetDigest(digested) };
}

async function decode(
  file: string,
  reading: Promise<Uint8Array>,
  options: ReadImagesOptions,
): Promise<SkippedImage | { readonly pixels: PixelImage; readonly sha256: string }> {
  try {
    const bytes = await reading;
    const { pixels } = await options.decode(bytes, options.pixels, { signal: options.signal });
    return { pixels, sha256: createHash('sha256').update(bytes).digest('hex') };
  } catch (error) {
    if (!isIsometryError(error) || error.code === 'ABORTED') throw error;
    return { file, code: error.code, message: error.message };
  }
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (cause) {
    throw new IsometryError('FILE_READ_FAILED', `${path} could not be read.`, { cause });
  }
}

function assertReadable(skipped: readonly SkippedImage[], total: number, share: number): void {
  if (skipped.length <= share * total) return;
  const named = skipped.slice(0, NAMED);
  throw new IsometryError(
    'DATASET_UNREADABLE',
    `${skipped.length} of ${total} images could not be read, more than ${share * 100} %: ${named
      .map(({ file, code }) => `${file} (${code})`)
      .join(', ')}${skipped.length > NAMED ? ', …' : ''}.`,
    {
      hint: 'Remove or convert these files (JPEG, PNG and WebP are read), or allow a larger share.',
      details: { count: skipped.length, total, skipped: named },
    },
  );
}
