import type { PixelChoice } from '@isometry/export';

/** 0 to 1, RGB. */
export const UNIT: PixelChoice = {
  fit: 'stretch',
  filter: 'bilinear',
  background: [0, 0, 0],
  mean: [0, 0, 0],
  std: [1, 1, 1],
  channelOrder: 'rgb',
};

/** Another mean and order a channel, so that channels that are swapped show. */
export const CAFFE: PixelChoice = {
  fit: 'stretch',
  filter: 'bilinear',
  background: [0, 0, 0],
  mean: [0.5, 0.4, 0.3],
  std: [0.25, 0.25, 0.25],
  channelOrder: 'bgr',
};
