import { describe, expect, it } from 'vitest';
import { parsePixels } from './parse-pixels.ts';

describe('parsePixels', () => {
  it('knows the schemes of models in use', () => {
    expect(parsePixels('tf')).toEqual({
      fit: 'stretch',
      filter: 'bilinear',
      background: [0, 0, 0],
      mean: [0.5, 0.5, 0.5],
      std: [0.5, 0.5, 0.5],
      channelOrder: 'rgb',
    });
    // Keras subtracts 103.939 from blue, which it has first: the last of ours.
    const { mean, std, channelOrder } = parsePixels('caffe');
    expect(mean.map((value) => value * 255)).toEqual([123.68, 116.779, 103.939]);
    expect(std[0]).toBe(1 / 255);
    expect(channelOrder).toBe('bgr');
  });

  it('takes every part of the specification, in any order and with spaces', () => {
    expect(
      parsePixels(
        'unit, std=0.5/0.25/2 ,mean=0.1,fit=cover,filter=bicubic,order=bgr,background=9/0/255',
      ),
    ).toEqual({
      fit: 'cover',
      filter: 'bicubic',
      background: [9, 0, 255],
      mean: [0.1, 0.1, 0.1],
      std: [0.5, 0.25, 2],
      channelOrder: 'bgr',
    });
  });

  it.each([
    '',
    'imagenet',
    'toString',
    'tf,fit',
    'tf,fit=crop',
    'tf,size=3',
    'tf,mean=1/2',
    'tf,mean=1/2/x',
    'tf,mean=//',
    'tf,mean=',
    'tf,std=0',
    'tf,std=-1/1/1',
    'tf,mean=Infinity',
    'tf,background=256/0/0',
    'tf,background=0.5',
  ])('refuses %j and says what there is', (text) => {
    expect(() => parsePixels(text)).toThrow(
      expect.objectContaining({
        code: 'OPTION_INVALID',
        hint: expect.stringContaining('torch (ImageNet mean and std)') as string,
      }),
    );
  });
});
