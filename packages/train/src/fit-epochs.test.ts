import { expect, it } from 'vitest';
import { fitEpochs } from './fit-epochs.ts';
import { resolveSettings } from './train-options.ts';

it('stretches the epochs of a small data set to the steps that the protocol was found with', () => {
  const settings = resolveSettings({});
  const fitted = fitEpochs(settings, {}, 250);
  // 8 batches an epoch: 616 steps are 77 epochs, 10 of 14 of them in the first stage.
  expect(fitted).toMatchObject({ epochs: 55, classifierEpochs: 22 });
  expect(fitted.patience).toBeGreaterThan(settings.patience);
  expect(fitEpochs(settings, {}, 10)).toMatchObject({ epochs: 60, classifierEpochs: 24 });
  expect(fitEpochs(settings, { epochs: 3 }, 250)).toMatchObject({
    epochs: 3,
    classifierEpochs: 22,
  });
});

it('leaves a large data set and the paper alone', () => {
  const settings = resolveSettings({});
  expect(fitEpochs(settings, {}, 1385)).toBe(settings);
  const paper = resolveSettings({ protocol: 'paper' });
  expect(fitEpochs(paper, {}, 50)).toBe(paper);
});
