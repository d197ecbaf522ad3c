import { IsometryError } from '@isometry/core';

export type WeightsFormat = 'keras-h5' | 'tfjs-layers';

/** One tensor of a weights file. */
export interface FileWeight {
  /** Layer and weight, e.g. `conv1_bn` and `moving_mean`. */
  readonly layer: string;
  readonly weight: string;
  readonly shape: readonly number[];
  /** Undefined where the file lists the tensor and does not have it. */
  readonly read: (() => Float32Array) | undefined;
}

/** An open weights file. */
export interface WeightFile {
  readonly format: WeightsFormat;
  /** Of all bytes that were read. */
  readonly sha256: string;
  /** Whether Keras trained it, on inputs in Keras' own order of colours, and not TensorFlow.js on RGB. */
  readonly isFromKeras: boolean;
  readonly weights: readonly FileWeight[];
  close(): void;
}

/** Bytes of a weights file, at most: ten times ResNet50's. It is read whole. */
export const MAX_WEIGHTS_BYTES = 1e9;

/** The error for a file that is damaged, or no weights file. */
export function weightsInvalid(file: string, why: string, cause?: unknown): IsometryError {
  return new IsometryError('WEIGHTS_INVALID', `${file} cannot be used: ${why}.`, {
    hint: 'Give an .h5 weights file of Keras, a TensorFlow.js model.json, or a folder with one.',
    cause,
    details: { file },
  });
}

/** Splits `a/b/conv1/kernel:0` into layer and weight; `undefined` where there is no layer. */
export function splitWeightName(name: string): { layer: string; weight: string } | undefined {
  const parts = name.split('/');
  const weight = parts.at(-1)?.replace(/:\d+$/, '');
  const layer = parts.at(-2);
  return layer === undefined || layer === '' || weight === undefined || weight === ''
    ? undefined
    : { layer, weight };
}
