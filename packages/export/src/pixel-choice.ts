import type { PixelSpec } from '@isometry/core';

/** What a model that describes nothing has to be told of its pixels: the sizes come from its input. */
export interface PixelChoice extends Pick<
  PixelSpec,
  'fit' | 'filter' | 'background' | 'mean' | 'std'
> {
  /**
   * The order in which the model wants the channels. `bgr` is folded into its first convolution, for a file's
   * `pixel_values` are RGB; `mean` and `std` are in RGB order all the same.
   */
  readonly channelOrder: 'rgb' | 'bgr';
}
