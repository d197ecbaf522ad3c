import { IsometryError, throwIfAborted, type DecodeImage } from '@isometry/core';
import { createImageDecoder, DEFAULT_IMAGE_LIMITS, type ImageLimits } from '@isometry/pixels';
import { toPath } from './model-source.ts';
import { readFileBytes } from './read-file.ts';

/** An encoded image (JPEG, PNG, WebP): its bytes, or the path or `file:` URL where they are. */
export type ImageSource = Uint8Array | ArrayBuffer | Blob | string | URL;

/** The `DecodeImage` port over every {@link ImageSource}. */
export function createSourceDecoder(limits: Partial<ImageLimits>): DecodeImage<ImageSource> {
  const decode = createImageDecoder({ limits });
  const maxBytes = limits.maxBytes ?? DEFAULT_IMAGE_LIMITS.maxBytes;
  return async (source, spec, options = {}) =>
    decode(await readImage(source, maxBytes, options.signal), spec, options);
}

/** Sizes are checked before anything is read into memory. */
async function readImage(
  source: ImageSource,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const tooLarge = (sizeBytes: number): IsometryError =>
    new IsometryError(
      'IMAGE_TOO_LARGE',
      `The image has ${sizeBytes} bytes; the limit is ${maxBytes}.`,
      {
        hint: 'Use a smaller file, or raise limits.images.maxBytes.',
        details: { sizeBytes, maxBytes },
      },
    );
  if (source instanceof Blob) {
    if (source.size > maxBytes) throw tooLarge(source.size);
    const bytes = new Uint8Array(await source.arrayBuffer());
    throwIfAborted(signal);
    return bytes;
  }
  return readFileBytes(toPath(source, 'image'), { maxBytes, tooLarge, signal });
}
