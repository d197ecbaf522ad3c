import type { RunOptions } from './run-config.ts';
import type { TrainSettings } from './train-options.ts';

/** Steps of both stages together with which the epochs of protocol `best` were found: 14 epochs of 44 batches. */
const STEPS = 616;

/** Beyond 84 epochs the same few images are only learnt by heart. */
const MOST = 6;

/**
 * Gives a small data set as many steps as protocol `best` was found with: 14 epochs of 200 photos are 98
 * steps, and teach little; at most six times the epochs. Epochs and patience that were asked for stay; a larger data set keeps the protocol's.
 * @param images in the training split
 */
export function fitEpochs(
  settings: TrainSettings,
  options: Pick<RunOptions, 'epochs' | 'classifierEpochs' | 'patience'>,
  images: number,
): TrainSettings {
  if (settings.protocol !== 'best') return settings;
  const isTwofold = settings.metricLoss !== null && settings.classifier === 'fine-tune';
  const epochs = settings.epochs + (isTwofold ? settings.classifierEpochs : 0);
  const factor = Math.min(MOST, STEPS / (epochs * Math.ceil(images / settings.batchSize)));
  if (factor <= 1) return settings;
  const stretch = (own: number): number => Math.ceil(own * factor);
  return {
    ...settings,
    epochs: options.epochs ?? stretch(settings.epochs),
    classifierEpochs: options.classifierEpochs ?? stretch(settings.classifierEpochs),
    patience: options.patience ?? stretch(settings.patience),
  };
}
