import type { AugmentationConfig } from '@isometry/train';
import { InvalidArgumentError } from 'commander';

const EXPECTED =
  'Give none, or some of flip, turn, rotate=DEGREES, crop=SHARE, colour=STRENGTH, with commas between.';

/** Parses `flip,turn,rotate=15,crop=0.7,colour=0.1`; what is not named is off. Ranges are checked by the trainer. */
export function parseAugmentation(text: string): AugmentationConfig | null {
  if (text === 'none') return null;
  const given = new Map<string, number>();
  for (const part of text.split(',')) {
    const [name = '', value] = part.trim().split('=');
    const isSwitch = name === 'flip' || name === 'turn';
    const number = isSwitch ? 1 : Number(value);
    const isKnown = isSwitch || ['rotate', 'crop', 'colour'].includes(name);
    if (!isKnown || (isSwitch ? value !== undefined : !value?.trim() || Number.isNaN(number))) {
      throw new InvalidArgumentError(EXPECTED);
    }
    given.set(name, number);
  }
  const strength = given.get('colour') ?? 0;
  return {
    flip: given.has('flip'),
    quarterTurns: given.has('turn'),
    rotateDegrees: given.get('rotate') ?? 0,
    crop: given.get('crop') ?? 1,
    colour: { brightness: strength, contrast: strength, saturation: strength },
  };
}
