import type { LayersModel, Tensor } from '@tensorflow/tfjs-node';
import { throwIfAborted, type PixelImage, type PixelSpec } from '@isometry/core';
import { imageBatch } from './data/image-batch.ts';
import type { Tfjs } from './tfjs.ts';

/** Images in one forward pass: 64 of 64 px are 17 MB in MobileNet's widest layer at width 1. */
export const FORWARD_BATCH = 64;

/**
 * Computes the embedding of every image, in inference mode.
 * @returns rows of `embedder`'s output size, one after the other
 */
export async function embedImages(
  tf: Tfjs,
  embedder: LayersModel,
  images: readonly PixelImage[],
  options: { readonly pixels: PixelSpec; readonly signal?: AbortSignal | undefined },
): Promise<Float32Array> {
  const parts: Float32Array[] = [];
  for (let first = 0; first < images.length; first += FORWARD_BATCH) {
    throwIfAborted(options.signal);
    const chunk = images.slice(first, first + FORWARD_BATCH);
    const output = tf.tidy(() => embedder.apply(imageBatch(tf, chunk, options.pixels)) as Tensor);
    parts.push((await output.data()) as Float32Array);
    output.dispose();
  }
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
