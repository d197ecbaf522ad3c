import type { Scalar, Tensor2D } from '@tensorflow/tfjs-node';
import { createRandom } from '@isometry/core';
import { classificationLoss, measureValidation } from './classification-loss.ts';
import { describeCollapse, findCollapse } from './collapse.ts';
import * as config from './config.ts';
import { forwardImages } from './forward.ts';
import { lossTensor } from './losses/loss-tensor.ts';
import {
  createMetricLoss,
  type BatchStatistics,
  type MetricLossConfig,
} from './losses/metric-loss.ts';
import type { Network } from './network.ts';
import { namedVariables } from './network-weights.ts';
import { prototypeLoss } from './prototype-loss.ts';
import { refreshBatchNorm } from './refresh-batch-norm.ts';
import { planEpoch } from './sampling/balanced-batches.ts';
import { planShuffledEpoch } from './sampling/shuffled-batches.ts';
import type { TrainSettings } from './train-options.ts';
import type { LabelledImages, Stage, StageHost } from './train-stage.ts';
import type { TrainWarning } from './train-warning.ts';

const EMBEDDING_STAGE = 'train-embedding';

/** Images of a class to be expected in a shuffled batch, below which batches are balanced instead. */
const IMAGES_PER_CLASS = 4;

/**
 * The stage that trains the embedding by a metric loss, alone or together with cross-entropy on the
 * classifier. What early stopping watches on the validation images is {@link prototypeLoss}, or the
 * classifier's loss where there is one: the metric loss itself grows with the embedding's scale while the
 * classes move apart.
 */
export function embeddingStage(
  host: StageHost,
  network: Network,
  metricLoss: MetricLossConfig,
  validation: LabelledImages,
  settings: TrainSettings,
  onWarning: ((warning: TrainWarning) => void) | undefined,
): Stage {
  const { tf, train } = host;
  const loss = createMetricLoss(metricLoss);
  const isJoint = settings.crossEntropyWeight > 0;
  const goesOn =
    isJoint && settings.classifier === 'fine-tune' && settings.classifierLearningRate === null;
  const crossEntropy = classificationLoss(train, settings);
  const classes = train.labels.length;
  const isShuffled =
    settings.sampler === 'auto'
      ? settings.batchSize >= IMAGES_PER_CLASS * classes
      : settings.sampler === 'shuffled';
  const support = pickSupport(train, classes, config.SUPPORT_IMAGES);
  const embed = async (part: LabelledImages) => {
    const { embeddings } = await forwardImages(tf, network.model, part.images, host);
    return { embeddings, classes: part.classes };
  };
  const measure = async () =>
    isJoint
      ? measureValidation(host, network, validation)
      : { validationLoss: prototypeLoss(await embed(support), await embed(validation), classes) };
  return {
    name: EMBEDDING_STAGE,
    variables: namedVariables(isJoint ? network.model : network.embedder),
    planEpoch: (epoch) => {
      const random = createRandom(settings.seed, `batches/${epoch}`);
      return isShuffled
        ? planShuffledEpoch(train.classes.length, settings.batchSize, random)
        : planEpoch(train.classes, settings.batchSize, random);
    },
    loss: (input, positions, tell) => {
      const labels = positions.map((position) => train.classes[position] as number);
      const metric = (embeddings: Tensor2D): Scalar =>
        lossTensor(tf, loss, embeddings, labels, ({ value, statistics }) =>
          tell({ metricLoss: value, ...statistics }),
        );
      if (!isJoint) return metric(network.embedder.apply(input, { training: true }) as Tensor2D);
      const [embeddings, logits] = network.model.apply(input, { training: true }) as [
        Tensor2D,
        Tensor2D,
      ];
      const other = lossTensor(tf, crossEntropy, logits, labels);
      return metric(embeddings).add<Scalar>(other.mul(settings.crossEntropyWeight));
    },
    rate: { ...settings, epochsAfter: goesOn ? settings.classifierEpochs : 0 },
    augment: settings.augmentation !== null,
    averageDecay: settings.averageDecay,
    evaluate: async (means, epoch) => {
      await refreshBatchNorm(host, `${EMBEDDING_STAGE}/${epoch}`);
      const measured = await measure();
      // Last: an evaluation that is stopped is done again, and must not leave its warning twice.
      const sign = findCollapse(means as Readonly<Record<keyof BatchStatistics, number>>, epoch);
      if (sign !== undefined) {
        const message = describeCollapse(sign);
        host.log.write({ event: 'warning', stage: EMBEDDING_STAGE, epoch, step: 0, message });
        onWarning?.({ kind: 'collapse', message: `epoch ${epoch}: ${message}` });
      }
      return measured;
    },
    stopping: {
      ...settings,
      // Where it goes on, stopping early would only jump down the curve.
      patience: goesOn ? Number.POSITIVE_INFINITY : settings.patience,
      keep: goesOn ? 'raw' : settings.monitor === 'validation-loss' ? 'best' : 'last',
    },
  };
}

/** The first images of every class, equally many as far as there are any. */
function pickSupport(train: LabelledImages, classes: number, count: number): LabelledImages {
  const perClass = Math.max(1, Math.floor(count / classes));
  const taken = new Array<number>(classes).fill(0);
  const positions = [...train.classes.keys()].filter((position) => {
    const label = train.classes[position] as number;
    taken[label] = (taken[label] as number) + 1;
    return taken[label] <= perClass;
  });
  return {
    images: positions.map((position) => train.images[position] as number),
    classes: positions.map((position) => train.classes[position] as number),
  };
}
