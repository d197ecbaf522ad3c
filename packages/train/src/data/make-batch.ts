import { IsometryError, type PixelSpec, createRandom } from '@isometry/core';
import { assertAugmentation, type AugmentationConfig } from '../augment/augmentation-config.ts';
import { augmentImage } from '../augment/augment.ts';
import { openPixelReader, type PixelSource } from './pixel-reader.ts';

/** One batch. */
export interface BatchRequest {
  /** Indices into the pixel store; one may stand there twice. */
  readonly images: readonly number[];
  /** Augments the images, each by this number, its index and how often it stood in `images` before. */
  readonly seed?: number | undefined;
}

/** What batches are made of. */
export interface BatchSetting {
  readonly source: PixelSource;
  readonly pixels: PixelSpec;
  readonly augmentation: AugmentationConfig | undefined;
}

/** Makes batches in the thread that calls it. */
export interface BatchMaker {
  /** @returns `[N, H, W, 3]`, normalised by the pixel contract's table @throws `FILE_READ_FAILED` */
  make(request: BatchRequest): Float32Array<ArrayBuffer>;
  close(): void;
}

/** @throws `OPTION_INVALID` when the spec's size is not the store's, or the augmentation is out of range */
export function createBatchMaker({ source, pixels, augmentation }: BatchSetting): BatchMaker {
  const { width, height } = source;
  if (pixels.width !== width || pixels.height !== height) {
    throw new IsometryError(
      'OPTION_INVALID',
      `The model takes ${pixels.width} x ${pixels.height}, the store holds ${width} x ${height}.`,
      { details: { option: 'pixels' } },
    );
  }
  if (augmentation !== undefined) assertAugmentation(augmentation);
  const reader = openPixelReader(source);
  const tables = pixels.mean.map((mean, channel) => {
    const std = pixels.std[channel] as number;
    return Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std);
  });
  const stored = new Uint8Array(width * height * 3);
  const varied = new Uint8Array(stored.length);
  return {
    make: ({ images, seed }) => {
      const batch = new Float32Array(images.length * stored.length);
      const seen = new Map<number, number>();
      for (const [position, index] of images.entries()) {
        reader.read(index, stored);
        let bytes = stored;
        if (augmentation !== undefined && seed !== undefined) {
          const before = seen.get(index) ?? 0;
          seen.set(index, before + 1);
          const random = createRandom(seed, `augment/${index}/${before}`);
          augmentImage({ width, height, data: stored }, augmentation, random, varied);
          bytes = varied;
        }
        normalise(bytes, tables, batch, position * stored.length);
      }
      return batch;
    },
    close: () => reader.close(),
  };
}

function normalise(
  bytes: Uint8Array,
  tables: readonly Float32Array[],
  batch: Float32Array,
  start: number,
): void {
  const [red, green, blue] = tables as [Float32Array, Float32Array, Float32Array];
  for (let at = 0; at < bytes.length; at += 3) {
    batch[start + at] = red[bytes[at] as number] as number;
    batch[start + at + 1] = green[bytes[at + 1] as number] as number;
    batch[start + at + 2] = blue[bytes[at + 2] as number] as number;
  }
}
