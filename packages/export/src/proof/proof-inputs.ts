import {
  createRandom,
  throwIfAborted,
  type DecodeImage,
  type PixelSpec,
  type Random,
} from '@isometry/core';
import { CANARY_IMAGE } from '../canary-image.ts';
import type { ExportImage } from '../export-image.ts';
import { spread } from '../spread.ts';

/** What a model is proven on. */
export interface ProofInputs {
  /** Each `[channels, height, width]`, as the pixel contract normalises. */
  readonly tensors: readonly Float32Array[];
  /** How many of them come from images; they are the first ones. */
  readonly images: number;
  readonly random: number;
}

/** How many inputs a fast and a slow reference are asked for. */
const COUNTS = {
  fast: { images: 16, random: 8 },
  slow: { images: 2, random: 2 },
} as const;

export interface MakeProofInputsOptions {
  readonly decode: DecodeImage;
  readonly isFast: boolean;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Takes the canary, images that are spread evenly over those given, and seeded noise. An image that cannot be
 * read is passed over: the proof is of the model, not of the pictures.
 * @throws `ABORTED`
 */
export async function makeProofInputs(
  spec: PixelSpec,
  given: readonly ExportImage[],
  { decode, isFast, signal }: MakeProofInputsOptions,
): Promise<ProofInputs> {
  const counts = isFast ? COUNTS.fast : COUNTS.slow;
  const canary = Uint8Array.from(Buffer.from(CANARY_IMAGE, 'base64'));
  const tensors = [(await decode(canary, spec, { signal })).tensor];
  for (const image of spread(given, counts.images - 1)) {
    throwIfAborted(signal);
    // One at a time: the files may be large.
    // oxlint-disable-next-line no-await-in-loop
    const tensor = await tensorOf(image, spec, decode, signal);
    if (tensor !== undefined) tensors.push(tensor);
  }
  const images = tensors.length;
  const random = createRandom(0, 'export proof');
  for (let index = 0; index < counts.random; index++) tensors.push(noise(spec, random));
  return { tensors, images, random: counts.random };
}

async function tensorOf(
  image: ExportImage,
  spec: PixelSpec,
  decode: DecodeImage,
  signal: AbortSignal | undefined,
): Promise<Float32Array | undefined> {
  try {
    return (await decode(await image.read(), spec, { signal })).tensor;
  } catch {
    throwIfAborted(signal);
    return undefined;
  }
}

/** A picture of random bytes, normalised. */
function noise({ width, height, mean, std }: PixelSpec, random: Random): Float32Array {
  const area = width * height;
  return Float32Array.from({ length: 3 * area }, (_, index) => {
    const channel = Math.floor(index / area) as 0 | 1 | 2;
    return (Math.floor(random.next() * 256) / 255 - mean[channel]) / std[channel];
  });
}
