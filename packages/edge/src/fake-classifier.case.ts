import {
  IsometryError,
  throwIfAborted,
  type Answer,
  type Classifier,
  type ClassifyOptions,
  type Health,
} from '@isometry/core';

export const LABELS = ['wart', 'corn', 'normal'] as const;

const healthy = (): Promise<Health> => Promise.resolve({ ok: true, provider: 'wasm' });

/** A classifier whose answer is the size of the image, and which rejects images that start with 0. */
export function fakeClassifier(overrides: Partial<Classifier> = {}): Classifier {
  const classify = async (image: Uint8Array, options: ClassifyOptions = {}): Promise<Answer> => {
    throwIfAborted(options.signal);
    if (image[0] === 0) {
      throw new IsometryError('IMAGE_TRUNCATED', 'The image is cut.', { hint: 'Send all of it.' });
    }
    return {
      label: LABELS[0],
      probability: 0.5,
      predictions: LABELS.map((label, index) => ({
        label,
        index,
        probability: 0.5 - index / 8,
      })).slice(0, options.topK),
      embedding: new Float32Array([image.length, Math.fround(0.1)]),
      provider: 'wasm',
      modelDigest: 'ab'.repeat(32),
      warnings: [{ code: 'icc-ignored', message: 'The ICC profile was ignored.' }],
      timings: { decodeMs: 1, modelMs: 2, totalMs: 3 },
    };
  };
  const manifest = { name: 'fake', labels: LABELS } as unknown as Classifier['manifest'];
  const fake: Pick<Classifier, 'classify' | 'health' | 'manifest' | 'modelDigest' | 'provider'> = {
    classify,
    health: healthy,
    manifest,
    modelDigest: 'ab'.repeat(32),
    provider: 'wasm',
  };
  return { ...fake, ...overrides } as Classifier;
}

export const IMAGE: Uint8Array<ArrayBuffer> = new Uint8Array([1, 2, 3, 4]);
export const CUT_IMAGE: Uint8Array<ArrayBuffer> = new Uint8Array([0, 2, 3]);

/** A form with a file field for each image. */
export function formOf(images: readonly Uint8Array<ArrayBuffer>[]): FormData {
  const form = new FormData();
  for (const [index, image] of images.entries()) {
    form.append('image', new Blob([image], { type: 'image/jpeg' }), `photo-${index}.jpg`);
  }
  return form;
}
