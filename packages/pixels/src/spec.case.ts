import type { PixelSpec } from '@isometry/core';

/** A spec for tests, with what a test is about replaced. */
export function specWith(changes: Partial<PixelSpec>): PixelSpec {
  return {
    version: 'pixels/1',
    width: 4,
    height: 4,
    fit: 'stretch',
    filter: 'bilinear',
    background: [255, 255, 255],
    mean: [0.5, 0.5, 0.5],
    std: [0.25, 0.25, 0.25],
    jpegOversampling: 2,
    ...changes,
  };
}
