import type { SymbolicTensor } from '@tensorflow/tfjs-node';
import type { PixelSpec } from '@isometry/core';
import type { Tfjs } from '../tfjs.ts';

export interface BuildBackboneOptions {
  /** MobileNet's alpha; the other backbones have 1 alone. */
  readonly widthMultiplier: number;
  /** Seeds the initial weights. */
  readonly seed: number;
  /** Of the moving statistics. @defaultValue 0.99, as in Keras */
  readonly batchNormMomentum?: number | undefined;
}

/** A network below the embedding, as Keras' `applications` has it with `include_top=False`. */
export interface Backbone {
  readonly name: string;
  /** Smallest width and height of the input, in pixels. */
  readonly minInputSize: number;
  /** Which multiples of its channels it comes in. */
  readonly widthMultipliers: readonly number[];
  /** What its ImageNet weights were trained with: `(v / 255 - mean) / std` of RGB. */
  readonly preprocessing: Pick<PixelSpec, 'mean' | 'std'>;
  /**
   * Whether those weights take blue, green, red: then loading Keras' file turns the first convolution's kernel round, and
   * the input stays RGB.
   */
  readonly isBgr: boolean;
  /**
   * @param input `[null, H, W, 3]`, preprocessed
   * @returns the feature map `[null, H', W', C]`
   */
  readonly build: (
    tf: Tfjs,
    input: SymbolicTensor,
    options: BuildBackboneOptions,
  ) => SymbolicTensor;
}

/** Keras' default for BatchNormalization. */
export const BATCH_NORM_MOMENTUM = 0.99;
