import type { PixelSpec } from '@isometry/core';

// What training does when it is not told otherwise: name, value, why.

// --- data -------------------------------------------------------------------------------------

/**
 * Shares of the images. 20 % for the test as in the paper; the paper stops on the training loss and
 * has no validation split, we take 10 % of the images for stopping and for the temperature.
 */
export const SPLIT_SHARES = { train: 0.7, validation: 0.1, test: 0.2 } as const;

/** Above this share of unreadable images the folder is at fault, not a few files. */
export const MAX_UNREADABLE_SHARE = 0.05;

/** Width and height of the model's input, in pixels, as in the paper. */
export const INPUT_SIZE = 128;

/** Everything of the pixel contract but the size. */
export const PIXEL_DEFAULTS: Omit<PixelSpec, 'width' | 'height'> = {
  version: 'pixels/1',
  // The paper shrinks and pads: nothing of a lesion is cut off, and its shape is kept.
  fit: 'contain',
  filter: 'bilinear',
  background: [0, 0, 0],
  // Keras' preprocessing for MobileNet: -1 to 1.
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
  jpegOversampling: 2,
};

// --- network ----------------------------------------------------------------------------------

/** MobileNet's alpha: the paper's network. */
export const WIDTH_MULTIPLIER = 1;

/** What cosines are multiplied by in training, for normalised embeddings: CosFace and ArcFace take 16 to 64. */
export const COSINE_SCALE = 16;

// --- training ---------------------------------------------------------------------------------

/** Images in a batch, spread evenly over the classes: 10 or 11 a class with three of them. */
export const BATCH_SIZE = 32;

/**
 * Training images, at most, from which the batch norm statistics and the class means are computed after
 * every epoch: their standard error is 1/sqrt(256), 6 % of a standard deviation.
 */
export const SUPPORT_IMAGES = 256;

/** The paper's Adam step for a classifier on frozen embeddings. */
export const HEAD_LEARNING_RATE = 6e-4;

/** Most epochs of a classifier on frozen embeddings; each takes milliseconds, the embeddings are computed once. */
export const HEAD_EPOCHS = 1000;

/** Most that a kill costs, beside the running step. */
export const CHECKPOINT_SECONDS = 60;

/** Seeds the split, the batches, the augmentation and the initial weights. */
export const SEED = 1;
