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
import type { ImageFolder, LabelledFile } from './image-folder.ts';

/** An image in memory: `width * height * 3` bytes, e.g. 12 kB at 64 px, so 31 MB for 2,515 photos. */
export interface LoadedImage extends LabelledFile {
  readonly pixels: PixelImage;
}

/** An image that could not be read, and was left out. */
export interface SkippedImage {
  readonly file: string;
  readonly code: ErrorCode;
  readonly message: string;
}

export interface ImageSet {
  /** Sorted by path. */
  readonly images: readonly LoadedImage[];
  readonly skipped: readonly SkippedImage[];
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

/**
 * Decodes every image once, by the pixel contract, to 8-bit pixels in memory.
 * @throws `DATASET_UNREADABLE` when more than `maxUnreadableShare` of the images fail, `ABORTED`
 */
export async function readImages(
  folder: ImageFolder,
  options: ReadImagesOptions,
): Promise<ImageSet> {
  const images: LoadedImage[] = [];
  const skipped: SkippedImage[] = [];
  const lines: string[] = [];
  const total = folder.files.length;
  for (const [index, { file, label }] of folder.files.entries()) {
    throwIfAborted(options.signal);
    try {
      const bytes = await readBytes(join(folder.root, file));
      const { pixels } = await options.decode(bytes, options.pixels, { signal: options.signal });
      images.push({ file, label, pixels });
      lines.push(`${label}\t${createHash('sha256').update(bytes).digest('hex')}\n`);
    } catch (error) {
      if (!isIsometryError(error) || error.code === 'ABORTED') throw error;
      skipped.push({ file, code: error.code, message: error.message });
    }
    const done = index + 1;
    if (done % PROGRESS_EVERY === 0 || done === total) {
      options.onProgress?.({ stage: 'read-images', done, total });
    }
  }
  assertReadable(skipped, total, options.maxUnreadableShare);
  const digest = createHash('sha256').update(lines.sort().join('')).digest('hex');
  return { images, skipped, digest };
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
