import type { LayersModel, Scalar, Tensor2D, Variable } from '@tensorflow/tfjs-node';
import { throwIfAborted, type PixelImage, type PixelSpec, type Progress } from '@isometry/core';
import { planEpoch } from './sampling/balanced-batches.ts';
import { estimateBatchNorm } from './batch-norm.ts';
import { createEarlyStopping } from './early-stopping.ts';
import { embedImages, FORWARD_BATCH } from './embed-images.ts';
import type { EpochRecord } from './history.ts';
import { imageBatch } from './data/image-batch.ts';
import { liftedStructuredLoss, type LiftedStructuredConfig } from './losses/lifted-structured-loss.ts';
import { prototypeLoss } from './prototype-loss.ts';
import { createRandom } from './sampling/random.ts';
import type { Tfjs } from './tfjs.ts';
import { assertFiniteLoss } from './training-diverged.ts';
import { takeSnapshot } from './weights-snapshot.ts';

/** Images with the index of their class. */
export interface Examples {
  readonly images: readonly PixelImage[];
  readonly classes: readonly number[];
}

export interface TrainEmbeddingOptions {
  readonly pixels: PixelSpec;
  readonly loss: LiftedStructuredConfig;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly patience: number;
  /** At most so many training images give the batch norm statistics, and so many the class means. */
  readonly supportImages: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface TrainedEmbedding {
  /** From 1; its weights are the ones that `embedder` has now. */
  readonly bestEpoch: number;
  readonly history: readonly EpochRecord[];
}

/**
 * Trains `embedder` in place with Adam until the validation loss stops falling, and leaves it with the
 * weights of its best epoch. The validation loss is {@link prototypeLoss}: the metric loss itself grows
 * with the embedding's scale while the classes move apart. After every epoch the batch norm statistics are
 * estimated anew, so that it is the loss of the very model that would be kept.
 * @throws `TRAINING_DIVERGED`, `ABORTED`
 */
export async function trainEmbedding(
  tf: Tfjs,
  embedder: LayersModel,
  train: Examples,
  validation: Examples,
  options: TrainEmbeddingOptions,
): Promise<TrainedEmbedding> {
  const batchRandom = createRandom(options.seed, 'batches');
  const statisticsRandom = createRandom(options.seed, 'batch-norm');
  const classes = Math.max(...train.classes) + 1;
  const support = pickSupport(train, classes, options.supportImages);
  const optimizer = tf.train.adam(options.learningRate);
  const weights = embedder.trainableWeights.map((weight) => weight.read() as Variable);
  const stopping = createEarlyStopping(options.patience, () => takeSnapshot(tf, embedder));
  const history: EpochRecord[] = [];
  let done = 0;
  try {
    for (let epoch = 1; epoch <= options.epochs; epoch += 1) {
      const batches = planEpoch(train.classes, options.batchSize, batchRandom);
      let sum = 0;
      for (const [index, batch] of batches.entries()) {
        throwIfAborted(options.signal);
        const cost = optimizer.minimize(() => batchLoss(batch), true, weights) as Scalar;
        const [loss] = (await cost.data()) as Float32Array;
        cost.dispose();
        assertFiniteLoss(loss as number, { stage: 'train-embedding', epoch, step: index + 1 });
        sum += loss as number;
        done += 1;
        options.onProgress?.({
          stage: 'train-embedding',
          done,
          total: options.epochs * batches.length,
          message: `epoch ${epoch}, loss ${(loss as number).toFixed(4)}`,
        });
      }
      await estimateBatchNorm(tf, embedder, statisticsBatches());
      const validationLoss = await validate();
      assertFiniteLoss(validationLoss, {
        stage: 'train-embedding (validation)',
        epoch,
        step: batches.length,
      });
      history.push({
        stage: 'train-embedding',
        epoch,
        steps: batches.length,
        loss: sum / batches.length,
        validationLoss,
      });
      if (stopping.after(epoch, validationLoss)) break;
    }
  } finally {
    optimizer.dispose();
  }
  stopping.restoreBest();
  return { bestEpoch: stopping.bestEpoch, history };

  function batchLoss(batch: readonly number[]): Scalar {
    const input = imageBatch(tf, pick(train.images, batch), options.pixels);
    const embeddings = embedder.apply(input, { training: true }) as Tensor2D;
    return liftedStructuredLoss(tf, embeddings, pick(train.classes, batch), options.loss.margin);
  }

  function* statisticsBatches() {
    const chosen = statisticsRandom.shuffled(train.images).slice(0, options.supportImages);
    for (let first = 0; first < chosen.length; first += FORWARD_BATCH) {
      throwIfAborted(options.signal);
      yield imageBatch(tf, chosen.slice(first, first + FORWARD_BATCH), options.pixels);
    }
  }

  async function validate(): Promise<number> {
    return prototypeLoss(
      { ...support, embeddings: await embedImages(tf, embedder, support.images, options) },
      { ...validation, embeddings: await embedImages(tf, embedder, validation.images, options) },
      classes,
    );
  }
}

/** The first images of every class, equally many as far as there are any. */
function pickSupport(train: Examples, classes: number, count: number): Examples {
  const perClass = Math.max(1, Math.floor(count / classes));
  const taken = new Array<number>(classes).fill(0);
  const positions = [...train.classes.keys()].filter((position) => {
    const label = train.classes[position] as number;
    taken[label] = (taken[label] as number) + 1;
    return taken[label] <= perClass;
  });
  return { images: pick(train.images, positions), classes: pick(train.classes, positions) };
}

function pick<Item>(items: readonly Item[], positions: readonly number[]): Item[] {
  return positions.map((position) => items[position] as Item);
}
