import { describe, expect, it } from 'vitest';
import { LOSS_NAMES } from './losses/loss-presets.ts';
import { resolveSettings, type TrainOptions } from './train-options.ts';

const paths = { images: 'photos', out: 'run' };

describe('resolveSettings', () => {
  it('fills in what is not given', () => {
    expect(resolveSettings({ ...paths, size: undefined, seed: 7 })).toMatchObject({
      size: 128,
      widthMultiplier: 1,
      normalise: true,
      metricLoss: { name: 'supervised-contrastive' },
      seed: 7,
    });
  });

  it('takes everything but the loss from the protocol, and options before it', () => {
    const paper = resolveSettings({ ...paths, protocol: 'paper', patience: 4 });
    // The paper's "Method": Adam 5e-4 and 6e-4, early stopping on the training loss, no augmentation.
    expect(paper).toMatchObject({
      metricLoss: { name: 'lifted-structured', preset: 'paper', margin: 1 },
      learningRate: 5e-4,
      classifierLearningRate: 6e-4,
      monitor: 'training-loss',
      augmentation: null,
      averageDecay: 0,
      patience: 4,
    });
  });

  it('takes the formula that a loss has when no preset is named', () => {
    expect(resolveSettings({ ...paths, loss: 'triplet' }).metricLoss?.preset).toBe('paper');
    expect(resolveSettings({ ...paths, loss: 'cross-entropy' }).metricLoss).toBeNull();
    for (const loss of LOSS_NAMES) expect(resolveSettings({ ...paths, loss }).loss).toBe(loss);
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
    { averageDecay: 1 },
    { labelSmoothing: 0.6 },
    { folds: 2 },
    { margin: 1, loss: 'cross-entropy' },
    { lossPreset: 'paper', loss: 'cross-entropy' },
    { mining: 'hard', loss: 'cross-entropy' },
    { form: 'hard-max', loss: 'triplet' },
  ])('refuses %o', (option) => {
    const [name] = Object.keys(option);
    expect(() => resolveSettings({ ...paths, ...option })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', details: { option: name } }),
    );
  });
});
