import { IsometryError } from '@isometry/core';
import type { PixelChoice } from '@isometry/export';

type Triple = readonly [number, number, number];

/** How models in use want their pixels, by the names that Keras gave these schemes, and two plain ones. */
const SCHEMES = {
  tf: { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5], channelOrder: 'rgb' },
  torch: { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225], channelOrder: 'rgb' },
  // Given in RGB as all the rest; the file swaps the channels.
  caffe: {
    mean: [123.68 / 255, 116.779 / 255, 103.939 / 255],
    std: [1 / 255, 1 / 255, 1 / 255],
    channelOrder: 'bgr',
  },
  unit: { mean: [0, 0, 0], std: [1, 1, 1], channelOrder: 'rgb' },
  byte: { mean: [0, 0, 0], std: [1 / 255, 1 / 255, 1 / 255], channelOrder: 'rgb' },
} as const satisfies Record<string, Pick<PixelChoice, 'mean' | 'std' | 'channelOrder'>>;

/** What `--help` says of the option. */
export const PIXELS_HELP: string = `SCHEME[,key=value…]: tf (-1 to 1: MobileNet, Inception, Teachable Machine), torch (ImageNet mean and std),
caffe (BGR, mean subtracted: ResNet50, VGG of Keras), unit (0 to 1), byte (0 to 255: models that rescale themselves).
Keys: fit=stretch|cover|contain, filter=bilinear|bicubic, order=rgb|bgr, mean=R/G/B, std=R/G/B, background=R/G/B`;

/**
 * Parses `--pixels`, e.g. `tf,fit=cover`.
 * @throws `OPTION_INVALID`
 */
export function parsePixels(text: string): PixelChoice {
  const [scheme = '', ...pairs] = text.split(',').map((part) => part.trim());
  if (!Object.hasOwn(SCHEMES, scheme)) throw invalid(`"${scheme}" is no scheme`);
  const choice: { -readonly [Key in keyof PixelChoice]: PixelChoice[Key] } = {
    // What most code around tfjs does: resize to the input's size, whatever the picture's shape.
    fit: 'stretch',
    filter: 'bilinear',
    background: [0, 0, 0],
    ...SCHEMES[scheme as keyof typeof SCHEMES],
  };
  for (const pair of pairs) {
    const [key = '', value = ''] = pair.split('=').map((part) => part.trim());
    switch (key) {
      case 'fit':
        choice.fit = oneOf(key, value, ['stretch', 'cover', 'contain']);
        break;
      case 'filter':
        choice.filter = oneOf(key, value, ['bilinear', 'bicubic']);
        break;
      case 'order':
        choice.channelOrder = oneOf(key, value, ['rgb', 'bgr']);
        break;
      case 'mean':
        choice.mean = triple(key, value, () => true);
        break;
      case 'std':
        choice.std = triple(key, value, (number) => number > 0);
        break;
      case 'background':
        choice.background = triple(
          key,
          value,
          (number) => Number.isInteger(number) && number >= 0 && number <= 255,
        );
        break;
      default:
        throw invalid(`"${key}" is no key`);
    }
  }
  return choice;
}

function oneOf<Name extends string>(key: string, value: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === value);
  if (found === undefined) throw invalid(`${key} is one of ${names.join(', ')}, not "${value}"`);
  return found;
}

/** Three numbers with slashes between, or one for all channels. */
function triple(key: string, value: string, isAllowed: (value: number) => boolean): Triple {
  const parts = value.split('/').map((part) => (part === '' ? Number.NaN : Number(part)));
  const [red = Number.NaN, green = red, blue = green] = parts;
  const all: Triple = [red, green, blue];
  const isRight = parts.length === 1 || parts.length === 3;
  if (!isRight || !all.every((number) => Number.isFinite(number) && isAllowed(number))) {
    throw invalid(`${key} is "${value}"`);
  }
  return all;
}

function invalid(problem: string): IsometryError {
  return new IsometryError('OPTION_INVALID', `--pixels cannot be understood: ${problem}.`, {
    hint: `Give ${PIXELS_HELP}.`,
    details: { option: 'pixels' },
  });
}
