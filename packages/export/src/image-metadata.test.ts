import type { PixelSpec } from '@isometry/core';
import type { OnnxModel } from '@isometry/onnx';
import { describe, expect, it } from 'vitest';
import { withImageMetadata } from './image-metadata.ts';

const dims = [{ size: 'N' }, { size: 3 }, { size: 8 }, { size: 8 }];
const model: OnnxModel = {
  irVersion: 8,
  opsets: [],
  metadata: new Map([['own', 'value']]),
  graph: {
    name: 'g',
    nodes: [],
    initializers: [],
    inputs: [{ name: 'pixel_values', dataType: 'float32', dims }],
    outputs: [],
  },
};

function pixels(mean: PixelSpec['mean'], std: PixelSpec['std']): PixelSpec {
  return {
    version: 'pixels/1',
    width: 8,
    height: 8,
    fit: 'contain',
    filter: 'bilinear',
    background: [0, 0, 0],
    mean,
    std,
    jpegOversampling: 2,
  };
}

describe('withImageMetadata', () => {
  it.each([
    ['Normalized_0_1', 0, 1],
    ['Normalized_1_1', 0.5, 0.5],
    ['NominalRange_0_255', 0, 1 / 255],
  ])('names the range %s', (range, mean, std) => {
    const described = withImageMetadata(model, pixels([mean, mean, mean], [std, std, std]));
    expect(Object.fromEntries(described.metadata)).toEqual({
      own: 'value',
      'Image.BitmapPixelFormat': 'Rgb8',
      'Image.ColorSpaceGamma': 'SRGB',
      'Image.NominalPixelRange': range,
    });
    expect(described.graph.inputs[0]?.denotation).toBe('IMAGE');
  });

  it('says nothing where ONNX has no word for it', () => {
    const imagenet = pixels([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
    expect(withImageMetadata(model, imagenet)).toEqual(model);
  });
});
