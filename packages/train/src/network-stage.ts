import type { Tensor2D } from '@tensorflow/tfjs-node';
import { createRandom } from '@isometry/core';
import { classificationLoss, measureValidation } from './classification-loss.ts';
import type { LearningRateOptions } from './learning-rate.ts';
import { lossTensor } from './losses/loss-tensor.ts';
import type { Network } from './network.ts';
import { namedVariables } from './network-weights.ts';
import { refreshBatchNorm } from './refresh-batch-norm.ts';
import { planShuffledEpoch } from './sampling/shuffled-batches.ts';
import type { TrainSettings } from './train-options.ts';
import type { LabelledImages, Stage, StageHost } from './train-stage.ts';

/** Which stage trains the whole network with cross-entropy: the only one, or the second. */
export const NETWORK_STAGE = 'train-network';
export const FINE_TUNE_STAGE = 'fine-tune';

/**
 * The stage that trains backbone, embedding and classifier together with cross-entropy. What early
 * stopping watches is the validation loss at its best temperature, which is the one the model will have.
 */
export function networkStage(
  host: StageHost,
  network: Network,
  name: typeof NETWORK_STAGE | typeof FINE_TUNE_STAGE,
  validation: LabelledImages,
  settings: TrainSettings,
): Stage {
  const { tf, train } = host;
  const loss = classificationLoss(train, settings);
  return {
    name,
    variables: namedVariables(network.model),
    planEpoch: (epoch) =>
      planShuffledEpoch(
        train.classes.length,
        settings.batchSize,
        createRandom(settings.seed, `${name}/batches/${epoch}`),
      ),
    loss: (input, positions) => {
      const [, logits] = network.model.apply(input, { training: true }) as [Tensor2D, Tensor2D];
      const labels = positions.map((position) => train.classes[position] as number);
      return lossTensor(tf, loss, logits, labels);
    },
    rate: name === FINE_TUNE_STAGE ? secondRate(settings) : settings,
    augment: settings.augmentation !== null,
    averageDecay: settings.averageDecay,
    evaluate: async (_, epoch) => {
      await refreshBatchNorm(host, `${name}/${epoch}`);
      return measureValidation(host, network, validation);
    },
    stopping: { ...settings, keep: settings.monitor === 'validation-loss' ? 'best' : 'last' },
  };
}

function secondRate(settings: TrainSettings): LearningRateOptions {
  const { classifierEpochs: epochs, classifierLearningRate, schedule } = settings;
  if (classifierLearningRate === null) {
    return { ...settings, epochs, epochsBefore: settings.epochs };
  }
  return { learningRate: classifierLearningRate, schedule, warmupEpochs: 0, epochs };
}
