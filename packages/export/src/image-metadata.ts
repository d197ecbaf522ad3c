import type { PixelSpec } from '@isometry/core';
import type { OnnxModel } from '@isometry/onnx';

/** ONNX's names for pixel ranges, each with the mean and std that lead to it from 0 to 255. */
const RANGES: readonly (readonly [name: string, mean: number, std: number])[] = [
  ['Normalized_0_1', 0, 1],
  ['Normalized_1_1', 0.5, 0.5],
  ['NominalRange_0_255', 0, 1 / 255],
];

/** What the axes of `pixel_values` are: https://github.com/onnx/onnx/blob/main/docs/DimensionDenotation.md */
const AXES = ['DATA_BATCH', 'DATA_CHANNEL', 'DATA_FEATURE', 'DATA_FEATURE'] as const;

/**
 * Adds ONNX's standard image keys and denotations, where they can say the truth: a mean or std of its own a
 * channel has no name there, and a reader that finds none of the keys assumes nothing.
 * Source: https://github.com/onnx/onnx/blob/main/docs/MetadataProps.md
 */
export function withImageMetadata(model: OnnxModel, { mean, std }: PixelSpec): OnnxModel {
  const range = RANGES.find(
    ([, rangeMean, rangeStd]) =>
      mean.every((value) => value === rangeMean) && std.every((value) => value === rangeStd),
  );
  if (range === undefined) return model;
  return {
    ...model,
    metadata: new Map([
      ...model.metadata,
      ['Image.BitmapPixelFormat', 'Rgb8'],
      ['Image.ColorSpaceGamma', 'SRGB'],
      ['Image.NominalPixelRange', range[0]],
    ]),
    graph: {
      ...model.graph,
      inputs: model.graph.inputs.map((input) => ({
        ...input,
        denotation: 'IMAGE',
        dims: AXES.map((axis, index) => ({ size: input.dims?.[index]?.size, denotation: axis })),
      })),
    },
  };
}
