import type { Random } from '@isometry/core';
import type { AugmentationConfig, ColourConfig } from './augmentation-config.ts';
import { sampleAffine, type Affine, type RgbImage } from './sample-affine.ts';
import { shiftColour, type ColourShift } from './shift-colour.ts';

/** A crop's proportions against the image's: as in GoogLeNet (Szegedy et al. 2015, section 6). */
const WIDEST_CROP = 4 / 3;

/**
 * Writes a random variant of `image`: one bilinear pass for flip, turns, rotation and crop together, which
 * is exact where only flips and quarter turns are on, then the colours.
 * @param config see {@link AugmentationConfig}; it was checked by `assertAugmentation`
 * @param random gives the variant: each image of each epoch needs a source of its own. As many numbers are
 *   drawn whatever is on, so that turning one thing off leaves the others as they were
 * @param into as long as `image.data`, and not the same array
 */
export function augmentImage(
  image: RgbImage,
  config: AugmentationConfig,
  random: Random,
  into: Uint8Array,
): void {
  const map = drawMap(image, config, random);
  const shift = drawShift(config.colour, random);
  sampleAffine(image, map, into);
  if (shift !== undefined) shiftColour({ ...image, data: into }, shift);
}

/** Result to image: into the cropped box, turned about the centre, mirrored. */
function drawMap(image: RgbImage, config: AugmentationConfig, random: Random): Affine {
  const { width, height } = image;
  const mirrored = random.next() < 0.5 && config.flip ? -1 : 1;
  const quarters = Math.floor(random.next() * 4);
  const turn = between(random, -config.rotateDegrees, config.rotateDegrees) * (Math.PI / 180);
  const share = between(random, config.crop, 1);
  // Wider or higher by more than this, the box would not fit into the image.
  const widest = Math.min(WIDEST_CROP, 1 / share);
  const proportion = Math.exp(between(random, -Math.log(widest), Math.log(widest)));
  const scaleX = Math.min(1, Math.sqrt(share * proportion));
  const scaleY = Math.min(1, Math.sqrt(share / proportion));
  const left = random.next() * (1 - scaleX) * width - width / 2;
  const top = random.next() * (1 - scaleY) * height - height / 2;

  const quarter = config.quarterTurns ? (width === height ? quarters : 2 * (quarters % 2)) : 0;
  const [quarterCos, quarterSin] = QUARTER_TURNS[quarter] as readonly [number, number];
  const [turnCos, turnSin] = [Math.cos(turn), Math.sin(turn)];
  const cos = turnCos * quarterCos - turnSin * quarterSin;
  const sin = turnSin * quarterCos + turnCos * quarterSin;
  return {
    xu: mirrored * cos * scaleX,
    xv: -mirrored * sin * scaleY,
    x0: mirrored * (cos * left - sin * top) + width / 2,
    yu: sin * scaleX,
    yv: cos * scaleY,
    y0: sin * left + cos * top + height / 2,
  };
}

/** Cosine and sine of 0, 90, 180 and 270 degrees, exact as those of Math are not. */
const QUARTER_TURNS = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

function drawShift(config: ColourConfig, random: Random): ColourShift | undefined {
  const around1 = (most: number): number => 1 + between(random, -most, most);
  const hue = config.hue ?? 0;
  const shift = {
    brightness: around1(config.brightness),
    contrast: around1(config.contrast),
    saturation: around1(config.saturation),
    hueDegrees: between(random, -hue, hue),
  };
  const isOff =
    config.brightness === 0 && config.contrast === 0 && config.saturation === 0 && hue === 0;
  return isOff ? undefined : shift;
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next();
}
