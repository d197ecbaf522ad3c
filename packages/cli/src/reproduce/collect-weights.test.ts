import { expect, it } from 'vitest';
import { collectWeights } from './collect-weights.ts';

it('takes one source for all backbones, or one for each, in any mixture; the last counts', () => {
  expect(collectWeights('random')).toEqual({
    mobilenet: 'random',
    inceptionv3: 'random',
    resnet50: 'random',
  });
  expect(collectWeights('mobilenet=a=b.h5,resnet50=imagenet')).toEqual({
    mobilenet: 'a=b.h5',
    resnet50: 'imagenet',
  });
  expect(collectWeights('mobilenet=a.h5', collectWeights('random'))).toMatchObject({
    mobilenet: 'a.h5',
    resnet50: 'random',
  });
});

it.each(['weights.h5', 'vgg16=weights.h5', 'mobilenet=a.h5,b.h5', ''])(
  'refuses %j, which names no backbone',
  (text) => {
    expect(() => collectWeights(text)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  },
);
