import { describe, expect, it } from 'vitest';
import { resolveSettings, type TrainOptions } from './train-options.ts';

const paths = { images: 'photos', out: 'run' };

describe('resolveSettings', () => {
  it('fills in what is not given', () => {
    expect(resolveSettings({ ...paths, size: undefined, seed: 7 })).toMatchObject({
      size: 64,
      widthMultiplier: 0.25,
      normalise: false,
      margin: 1,
      seed: 7,
    });
  });

  it.each<Partial<TrainOptions>>([
    { size: 31 },
    { size: 64.5 },
    { widthMultiplier: 0.3 },
    { embeddingSize: 1 },
    { margin: 0 },
    { batchSize: 3 },
    { epochs: 0 },
    { patience: 0 },
    { learningRate: Number.NaN },
    { maxUnreadableShare: 1.1 },
    { seed: 0.5 },
  ])('refuses %o', (option) => {
    const [name] = Object.keys(option);
    expect(() => resolveSettings({ ...paths, ...option })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', details: { option: name } }),
    );
  });
});
