import type { Tensor4D } from '@tensorflow/tfjs-node';
import type { PixelImage, PixelSpec } from '@isometry/core';
import { normalizePixels } from '@isometry/pixels';
import type { Tfjs } from '../tfjs.ts';

/**
 * Stacks images into `[N, H, W, 3]`: the very floats that the runtimes compute (`pixel_values`), only in
 * the order that TensorFlow.js wants.
 */
export function imageBatch(tf: Tfjs, images: readonly PixelImage[], spec: PixelSpec): Tensor4D {
  const area = spec.width * spec.height;
  const nhwc = new Float32Array(images.length * area * 3);
  for (const [index, image] of images.entries()) {
    const planes = normalizePixels(image, spec);
    const start = index * area * 3;
    for (let pixel = 0; pixel < area; pixel += 1) {
      nhwc[start + pixel * 3] = planes[pixel] as number;
      nhwc[start + pixel * 3 + 1] = planes[area + pixel] as number;
      nhwc[start + pixel * 3 + 2] = planes[2 * area + pixel] as number;
    }
  }
  return tf.tensor4d(nhwc, [images.length, spec.height, spec.width, 3]);
}
