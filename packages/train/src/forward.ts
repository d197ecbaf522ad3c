import type { LayersModel, Tensor, Tensor4D } from '@tensorflow/tfjs-node';
import { throwIfAborted } from '@isometry/core';
import type { BatchLoader } from './data/batch-loader.ts';
import type { Tfjs } from './tfjs.ts';

/** Images in one forward pass, and the fewest: batch norm's statistics of one image say nothing of others. */
const MOST = 64;
const LEAST = 4;

/** Pixels in one forward pass: 64 images of 256 px are 268 MB in MobileNet's widest layer at width 1. */
const MOST_PIXELS = MOST * 256 * 256;

/** Images of a size that go through the network at a time, 4 to 64. */
export function forwardBatch([height, width]: readonly [number, number]): number {
  return Math.min(MOST, Math.max(LEAST, Math.floor(MOST_PIXELS / (height * width))));
}

/** What a network makes of images, one row after the other. */
export interface ForwardResult {
  /** `[N, D]`. */
  readonly embeddings: Float32Array;
  /** `[N, C]`. */
  readonly logits: Float32Array;
}

export interface ForwardOptions {
  readonly loader: Pick<BatchLoader, 'load'>;
  /** Height and width of the input. */
  readonly inputSize: readonly [number, number];
  /** How often the network looks at an image. @defaultValue 1 */
  readonly orientations?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `model`, whose outputs are `[embedding, logits]`, over images in inference mode.
 * @param images where the loader finds them
 * @throws `ABORTED`
 */
export async function forwardImages(
  tf: Tfjs,
  model: LayersModel,
  images: readonly number[],
  options: ForwardOptions,
): Promise<ForwardResult> {
  const parts: [Float32Array[], Float32Array[]] = [[], []];
  for await (const input of loadInputs(tf, images, options)) {
    const outputs = tf.tidy(() => model.apply(input) as Tensor[]);
    for (const [index, output] of outputs.entries()) {
      parts[index]?.push(Float32Array.from(output.dataSync()));
    }
    tf.dispose([input, outputs]);
  }
  return { embeddings: concatenate(parts[0]), logits: concatenate(parts[1]) };
}

/**
 * Makes the inputs one by one, the next one while the caller uses this one.
 * @yields `[N, H, W, 3]`, the caller's to dispose
 */
export async function* loadInputs(
  tf: Tfjs,
  images: readonly number[],
  { loader, inputSize, orientations = 1, signal }: ForwardOptions,
): AsyncGenerator<Tensor4D> {
  const size = Math.max(1, Math.floor(forwardBatch(inputSize) / orientations));
  const load = (first: number): Promise<Float32Array> | undefined => {
    if (first >= images.length) return undefined;
    const loading = loader.load({ images: images.slice(first, first + size) });
    // It may fail while another error is on its way to the caller.
    loading.catch(() => undefined);
    return loading;
  };
  let next = load(0);
  for (let first = 0; next !== undefined; first += size) {
    throwIfAborted(signal);
    const data = await next;
    next = load(first + size);
    const count = Math.min(size, images.length - first);
    yield tf.tensor4d(data, [count, inputSize[0], inputSize[1], 3]);
  }
}

function concatenate(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    all.set(part, offset);
    offset += part.length;
  }
  return all;
}
