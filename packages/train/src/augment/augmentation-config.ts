import { IsometryError } from '@isometry/core';

/** What may happen to a training image, each time differently. */
export interface AugmentationConfig {
  /** Mirrored, left to right, half of the time. */
  readonly flip: boolean;
  /** Turned by 0, 90, 180 or 270 degrees, equally often; by 0 or 180 where width and height differ. */
  readonly quarterTurns: boolean;
  /** Turned about its centre by up to so many degrees either way, 0 to 180. 0 is off. */
  readonly rotateDegrees: number;
  /**
   * Smallest share of the area that a random box keeps, 0.01 to 1: the share is uniform from
   * here to 1, the box's proportions are up to 4:3 narrower or wider than the image's, and it is stretched
   * to the whole. 1 is off.
   */
  readonly crop: number;
  readonly colour: ColourConfig;
}

/** Each is a largest change; 0 is off. */
export interface ColourConfig {
  /** Factor 1 - b to 1 + b on all values, 0 to 1. */
  readonly brightness: number;
  /** Factor 1 - c to 1 + c on the distance from the image's mean grey, 0 to 1. */
  readonly contrast: number;
  /** Factor 1 - s to 1 + s on the distance from the pixel's own grey, 0 to 1. */
  readonly saturation: number;
  /** Degrees around the colour circle, 0 to 180. @defaultValue 0 */
  readonly hue?: number | undefined;
}

/** @throws `OPTION_INVALID` naming the first number that is out of range */
export function assertAugmentation(config: AugmentationConfig): void {
  const { rotateDegrees, crop, colour } = config;
  assertRange('rotateDegrees', rotateDegrees, 0, 180);
  // Below a hundredth of the area a 128 px image would be a box of 13 px.
  assertRange('crop', crop, 0.01, 1);
  assertRange('brightness', colour.brightness, 0, 1);
  assertRange('contrast', colour.contrast, 0, 1);
  assertRange('saturation', colour.saturation, 0, 1);
  assertRange('hue', colour.hue ?? 0, 0, 180);
}

function assertRange(name: string, value: number, low: number, high: number): void {
  if (value >= low && value <= high) return;
  throw new IsometryError('OPTION_INVALID', `The augmentation's ${name} is ${value}.`, {
    hint: `Give a number from ${low} to ${high}.`,
    details: { option: name },
  });
}
