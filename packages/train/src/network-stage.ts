import type { Tensor2D } from '@tensorflow/tfjs-node';
import { balancedAccuracy, predictClasses } from './classification-metrics.ts';
import { refreshBatchNorm, type LabelledImages } from './embedding-stage.ts';
import { forwardImages } from './forward.ts';
import { createCrossEntropy } from './losses/cross-entropy.ts';
import { lossTensor } from './losses/loss-tensor.ts';
import type { Network } from './network.ts';
import { namedVariables } from './network-weights.ts';
import { createRandom } from './sampling/random.ts';
import { balancedClassWeights, planShuffledEpoch } from './sampling/shuffled-batches.ts';
import { calibratedLoss } from './temperature.ts';
import type { TrainSettings } from './train-options.ts';
import type { Stage, StageHost } from './train-stage.ts';

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
  const isSecond = name === FINE_TUNE_STAGE;
  const classes = train.labels.length;
  const loss = createCrossEntropy({
    classWeights: settings.classWeights ? balancedClassWeights(train.classes, classes) : undefined,
    labelSmoothing: settings.labelSmoothing,
  });
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
    rate: {
      ...settings,
      ...(isSecond
        ? {
            learningRate: settings.classifierLearningRate,
            epochs: settings.classifierEpochs,
            warmupEpochs: Math.min(settings.warmupEpochs, settings.classifierEpochs),
          }
        : {}),
    },
    augment: settings.augmentation !== null,
    averageDecay: settings.averageDecay,
    evaluate: async (_, epoch) => {
      await refreshBatchNorm(host, network, settings.seed, epoch);
      const { logits } = await forwardImages(tf, network.model, validation.images, host);
      return {
        validationLoss: calibratedLoss(Float64Array.from(logits), validation.classes),
        validationBalancedAccuracy: balancedAccuracy(
          predictClasses(logits, classes),
          validation.classes,
          classes,
        ),
      };
    },
    stopping: { ...settings, restoreBest: settings.monitor === 'validation-loss' },
  };
}
