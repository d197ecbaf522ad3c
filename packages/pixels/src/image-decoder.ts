import {
  type DecodedImage,
  type DecodeImage,
  IsometryError,
  type PixelImage,
  type PixelSpec,
  throwIfAborted,
  type Warning,
} from '@isometry/core';
import { type FitPlan, planFit } from './fit-plan.ts';
import { fitRaster } from './fit-raster.ts';
import { outOfMemory } from './image-error.ts';
import { assertRaster, type ImageLimits, resolveLimits } from './image-limits.ts';
import { type InspectedImage, inspectImage } from './sniff-image.ts';
import { createJpegDecoder } from './jpeg-decoder.ts';
import { normalizePixels } from './normalize-pixels.ts';
import { decodePng } from './png-decoder.ts';
import { createWebpDecoder } from './webp-decoder.ts';

export interface CreateImageDecoderOptions {
  /** Which images are refused as too large. @defaultValue {@link DEFAULT_IMAGE_LIMITS} */
  readonly limits?: Partial<ImageLimits> | undefined;
}

/**
 * Creates the decoder of the pixel contract: JPEG, PNG or WebP bytes to model input, the same bits
 * in Node, browsers and workerd. A WebAssembly decoder is compiled with the first image of its
 * format. Calls may overlap; the decoding itself blocks its thread.
 * @throws `OPTION_INVALID` for a limit that is not a positive number
 *
 * @example
 * const decode = createImageDecoder();
 * const { tensor } = await decode(await readFile('photo.jpg'), manifest.pixels);
 */
export function createImageDecoder(options: CreateImageDecoderOptions = {}): DecodeImage {
  const limits = resolveLimits(options.limits);
  const jpegDecoder = once(createJpegDecoder);
  const webpDecoder = once(createWebpDecoder);

  async function decodeRaster(
    bytes: Uint8Array,
    header: InspectedImage,
    plan: FitPlan,
    spec: PixelSpec,
  ): Promise<{ raster: PixelImage; warnings: readonly Warning[] }> {
    if (header.format === 'jpeg') return (await jpegDecoder())(bytes, header, plan.scale);
    if (header.format === 'png') {
      return { raster: decodePng(bytes, header, spec.background), warnings: [] };
    }
    return { raster: (await webpDecoder())(bytes, header, spec.background), warnings: [] };
  }

  return async (bytes, spec, { signal } = {}): Promise<DecodedImage> => {
    throwIfAborted(signal);
    assertContract(spec);
    const header = inspectImage(bytes, limits);
    const { width, height, orientation, format } = header;
    const plan = planFit(width, height, orientation, spec, format === 'jpeg');
    // A progressive JPEG keeps the coefficients of the whole image, however small it is decoded.
    const held = format === 'jpeg' && !header.progressive ? plan.scale : 1;
    assertRaster(Math.ceil(width / held), Math.ceil(height / held), limits);
    try {
      const { raster, warnings } = await decodeRaster(bytes, header, plan, spec);
      throwIfAborted(signal);
      const pixels = fitRaster(raster, plan, orientation, spec);
      throwIfAborted(signal);
      const tensor = normalizePixels(pixels, spec);
      return { raster, pixels, tensor, warnings: [...headerWarnings(header), ...warnings] };
    } catch (error) {
      // What engines throw when an array cannot be allocated.
      throw error instanceof RangeError ? outOfMemory(format, error) : error;
    }
  };
}

function assertContract(spec: PixelSpec): void {
  if (spec.version !== 'pixels/1') {
    throw new IsometryError(
      'OPTION_INVALID',
      `The pixel contract ${String(spec.version)} is unknown.`,
      { hint: 'This version reads pixels/1: install a later one.' },
    );
  }
}

function headerWarnings(header: InspectedImage): Warning[] {
  const warnings: Warning[] = [];
  if (header.hasIccProfile) {
    warnings.push({
      code: 'icc-ignored',
      message: 'The ICC colour profile is ignored: pixels are used as they are stored.',
    });
  }
  if (header.format === 'png' && header.oddGamma !== undefined) {
    warnings.push({
      code: 'gamma-ignored',
      message: `The gamma of ${header.oddGamma / 100_000} is ignored: pixels are used as stored.`,
    });
  }
  return warnings;
}

/** Shares one result among all callers, and forgets a failure so that the next caller tries again. */
function once<Value>(create: () => Promise<Value>): () => Promise<Value> {
  let pending: Promise<Value> | undefined;
  return () => {
    pending ??= create().catch((error: unknown) => {
      pending = undefined;
      throw error;
    });
    return pending;
  };
}
