import { expect, it } from 'vitest';
import { parseAugmentation } from './parse-augmentation.ts';

it('reads what is named and leaves the rest off', () => {
  expect(parseAugmentation('none')).toBeNull();
  expect(parseAugmentation('flip, rotate=15,colour=0.1')).toEqual({
    flip: true,
    quarterTurns: false,
    rotateDegrees: 15,
    crop: 1,
    colour: { brightness: 0.1, contrast: 0.1, saturation: 0.1 },
  });
});

it.each(['', 'flop', 'flip=2', 'rotate', 'crop=', 'crop=x', 'none,flip'])(
  'refuses "%s"',
  (text) => {
    expect(() => parseAugmentation(text)).toThrow('Give none');
  },
);
