import type { Tensor2D } from '@tensorflow/tfjs-node';
import * as config from './config.ts';
import { estimateBatchNorm } from './batch-norm.ts';
import { describeCollapse, findCollapse } from './collapse.ts';
import { forwardImages, loadInputs } from './forward.ts';
import { lossTensor } from './losses/loss-tensor.ts';
import {
  createMetricLoss,
  type BatchStatistics,
  type MetricLossConfig,
} from './losses/metric-loss.ts';
import type { Network } from './network.ts';
import { namedVariables } from './network-weights.ts';
import { prototypeLoss } from './prototype-loss.ts';
import { planEpoch } from './sampling/balanced-batches.ts';
import { createRandom } from './sampling/random.ts';
import type { TrainSettings } from './train-options.ts';
import type { Stage, StageHost } from './train-stage.ts';
import type { TrainWarning } from './train-warning.ts';

/** Images with the index of their class; `images` is where the loader finds them. */
export interface LabelledImages {
  readonly images: readonly number[];
  readonly classes: readonly number[];
}

export const EMBEDDING_STAGE = 'train-embedding';

/**
 * The stage that trains the embedding by a metric loss, on class-balanced batches. What early stopping
 * watches on the validation images is {@link prototypeLoss}: the metric loss itself grows with the
 * embedding's scale while the classes move apart.
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
  const classes = train.labels.length;
  const support = pickSupport(train, classes, config.SUPPORT_IMAGES);
  return {
    name: EMBEDDING_STAGE,
    variables: namedVariables(network.embedder),
    planEpoch: (epoch) =>
      planEpoch(train.classes, settings.batchSize, createRandom(settings.seed, `batches/${epoch}`)),
    loss: (input, positions, tell) => {
      const embeddings = network.embedder.apply(input, { training: true }) as Tensor2D;
      const labels = positions.map((position) => train.classes[position] as number);
      return lossTensor(tf, loss, embeddings, labels, ({ statistics }) => tell({ ...statistics }));
    },
    rate: settings,
    augment: settings.augmentation !== null,
    averageDecay: settings.averageDecay,
    evaluate: async (means, epoch) => {
      const sign = findCollapse(means as Readonly<Record<keyof BatchStatistics, number>>, epoch);
      if (sign !== undefined) {
        const message = describeCollapse(sign);
        host.log.write({ event: 'warning', stage: EMBEDDING_STAGE, epoch, step: 0, message });
        onWarning?.({ kind: 'collapse', message: `epoch ${epoch}: ${message}` });
      }
      await refreshBatchNorm(host, network, settings.seed, epoch);
      const embed = async (part: LabelledImages) => {
        const { embeddings } = await forwardImages(tf, network.model, part.images, host);
        return { embeddings, classes: part.classes };
      };
      return {
        validationLoss: prototypeLoss(await embed(support), await embed(validation), classes),
      };
    },
    stopping: { ...settings, restoreBest: settings.monitor === 'validation-loss' },
  };
}

/** Estimates the batch norm statistics on a random part of the training images, as they are. */
export async function refreshBatchNorm(
  host: StageHost,
  network: Network,
  seed: number,
  epoch: number,
): Promise<void> {
  const { tf, train } = host;
  const chosen = createRandom(seed, `batch-norm/${epoch}`)
    .shuffled(train.images)
    .slice(0, config.SUPPORT_IMAGES);
  await estimateBatchNorm(tf, network.model, loadInputs(tf, chosen, host));
}

/** The first images of every class, equally many as far as there are any. */
function pickSupport(train: LabelledImages, classes: number, count: number): LabelledImages {
  const perClass = Math.max(1, Math.floor(count / classes));
  const taken = new Array<number>(classes).fill(0);
  const positions = [...train.classes.keys()].filter((position) => {
    const label = train.classes[position] as number;
    taken[label] = (taken[label] as number) + 1;
    return (taken[label] as number) <= perClass;
  });
  return {
    images: positions.map((position) => train.images[position] as number),
    classes: positions.map((position) => train.classes[position] as number),
  };
}
