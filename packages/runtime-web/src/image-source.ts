import { IsometryError, throwIfAborted, type DecodeImage, type Warning } from '@isometry/core';
import {
  createImageDecoder,
  DEFAULT_IMAGE_LIMITS,
  prepareRaster,
  type ImageLimits,
} from '@isometry/pixels';
import { fetchBytes } from './fetch-bytes.ts';
import { drawPixels, type DrawableSource } from './draw-pixels.ts';

/** An encoded image (JPEG, PNG, WebP): its bytes, or the URL where they are. Exact on every runtime. */
export type EncodedSource = Uint8Array | ArrayBuffer | Blob | URL;

/**
 * What `classify` takes. Only encoded bytes have the same pixels everywhere; `ImageData` is used as it
 * is, and what the browser has decoded carries the warning `browser-decoded`.
 */
export type ImageSource = EncodedSource | ImageData | DrawableSource;

const BROWSER_DECODED: Warning = {
  code: 'browser-decoded',
  message:
    'The browser decoded this image, by rules of its own: another runtime may see slightly other pixels. Pass the encoded bytes for the same pixels everywhere.',
};

/** The `DecodeImage` port over every {@link ImageSource}. */
export function createSourceDecoder(limits: Partial<ImageLimits>): DecodeImage<ImageSource> {
  const decode = createImageDecoder({ limits });
  const { maxBytes, maxRasterPixels } = { ...DEFAULT_IMAGE_LIMITS, ...limits };
  return async (source, spec, options = {}) => {
    if (isEncoded(source)) {
      return decode(await readImage(source, maxBytes, options.signal), spec, options);
    }
    throwIfAborted(options.signal);
    if (isImageData(source)) return prepareRaster({ ...rgba(source), channels: 4 }, spec);
    const drawn = prepareRaster(
      { ...rgba(drawPixels(source, maxRasterPixels)), channels: 4 },
      spec,
    );
    return { ...drawn, warnings: [...drawn.warnings, BROWSER_DECODED] };
  };
}

function isEncoded(source: ImageSource): source is EncodedSource {
  return (
    source instanceof Uint8Array ||
    source instanceof ArrayBuffer ||
    source instanceof Blob ||
    source instanceof URL
  );
}

/** By shape: an ImageData may come from another frame, and workers of some hosts lack the class. */
function isImageData(source: ImageData | DrawableSource): source is ImageData {
  // TypeScript's word is not enough: what a page passes may be anything.
  return (
    typeof source === 'object' &&
    source !== null &&
    'data' in source &&
    source.data instanceof Uint8ClampedArray
  );
}

function rgba({ width, height, data }: ImageData): {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
} {
  return { width, height, data: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

async function readImage(
  source: EncodedSource,
  maxBytes: number,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (source instanceof Uint8Array) return source;
  if (source instanceof ArrayBuffer) return new Uint8Array(source);
  const tooLarge = (): IsometryError =>
    new IsometryError('IMAGE_TOO_LARGE', `The image has more than ${maxBytes} bytes.`, {
      hint: 'Use a smaller file, or raise limits.images.maxBytes.',
      details: { maxBytes },
    });
  if (source instanceof URL) return fetchBytes(source, { maxBytes, tooLarge, signal });
  if (source.size > maxBytes) throw tooLarge();
  const bytes = new Uint8Array(await source.arrayBuffer());
  throwIfAborted(signal);
  return bytes;
}
