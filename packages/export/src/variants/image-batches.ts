import { createHash } from 'node:crypto';
import { throwIfAborted, type DecodeImage, type PixelSpec } from '@isometry/core';
import type { ExportImage } from '../export-image.ts';
import type { ImageBatch } from '../precision/image-batch.ts';

export interface ImageBatchesOptions {
  readonly decode: DecodeImage;
  readonly spec: PixelSpec;
  readonly batchSize: number;
  readonly signal?: AbortSignal | undefined;
  /** Called after each image, also for one that could not be read. */
  readonly onImage?: (() => void) | undefined;
}

/** A batch with the images that are in it. */
export interface NamedBatch extends ImageBatch {
  readonly images: readonly ExportImage[];
}

/**
 * Decodes images batch by batch; one that cannot be read is left out.
 * @yields up to `batchSize` images
 * @throws `ABORTED`
 */
export async function* imageBatches(
  images: readonly ExportImage[],
  options: ImageBatchesOptions,
): AsyncGenerator<NamedBatch> {
  const { spec, batchSize, signal } = options;
  const size = 3 * spec.height * spec.width;
  for (let first = 0; first < images.length; first += batchSize) {
    const wanted = images.slice(first, first + batchSize);
    const data = new Float32Array(wanted.length * size);
    const digests: string[] = [];
    const read: ExportImage[] = [];
    for (const image of wanted) {
      throwIfAborted(signal);
      // One at a time: photos may be large.
      // oxlint-disable-next-line no-await-in-loop
      const decoded = await decodeOne(image, options);
      options.onImage?.();
      if (decoded === undefined) continue;
      data.set(decoded.tensor, read.length * size);
      digests.push(decoded.digest);
      read.push(image);
    }
    if (read.length === 0) continue;
    const labels = read.flatMap(({ label }) => label ?? []);
    yield {
      tensor: {
        data: data.subarray(0, read.length * size),
        dims: [read.length, 3, spec.height, spec.width],
      },
      digests,
      images: read,
      ...(labels.length === read.length ? { truth: labels } : {}),
    };
  }
}

async function decodeOne(
  image: ExportImage,
  { decode, spec, signal }: ImageBatchesOptions,
): Promise<{ tensor: Float32Array; digest: string } | undefined> {
  try {
    const bytes = await image.read();
    const { tensor } = await decode(bytes, spec, { signal });
    return { tensor, digest: createHash('sha256').update(bytes).digest('hex') };
  } catch {
    throwIfAborted(signal);
    return undefined;
  }
}
