import { throwIfAborted, type Progress, createRandom } from '@isometry/core';
import { createAdam } from './adam.ts';
import { createEarlyStopping } from './early-stopping.ts';
import type { EpochRecord } from './history.ts';
import { classifyEmbeddings, type LinearHead } from './linear-head.ts';
import { balancedClassWeights } from './sampling/shuffled-batches.ts';
import { columnStatistics, foldStandardisation, standardise } from './standardisation.ts';
import { fitTemperature, negativeLogLikelihood } from './temperature.ts';
import { assertFiniteLoss } from './training-diverged.ts';

/** Embeddings, one row after the other, with the class of each row. */
export interface EmbeddedExamples {
  readonly embeddings: Float32Array;
  readonly classes: readonly number[];
}

export interface TrainHeadOptions {
  /** Number of classes. */
  readonly classes: number;
  readonly learningRate: number;
  readonly batchSize: number;
  readonly epochs: number;
  readonly patience: number;
  /** What early stopping watches: the training loss ends with the last epoch's weights, as in the paper. */
  readonly monitor: 'training-loss' | 'validation-loss';
  /** Weighs classes by the inverse of their size. */
  readonly classWeights: boolean;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface TrainedHead {
  /** For embeddings as they are. */
  readonly head: LinearHead;
  readonly bestEpoch: number;
  readonly history: readonly EpochRecord[];
}

/** How often progress is told, in epochs of a few milliseconds. */
const PROGRESS_EVERY = 50;

/**
 * Trains a softmax classifier on frozen embeddings with Adam and early stopping. The validation loss is the
 * one at its best temperature: on embeddings that know their training images by heart a
 * classifier soon is too sure of itself, which calibration mends, long before it is at its best.
 * It sees the embeddings standardised, so that one step size fits embeddings of any scale; that is folded
 * into the weights afterwards. In plain float64: a step on a few hundred numbers is over before
 * libtensorflow has been called, and the same embeddings give the same bits on every machine.
 * @throws `TRAINING_DIVERGED`, `ABORTED`
 */
export async function trainClassifierHead(
  train: EmbeddedExamples,
  validation: EmbeddedExamples,
  options: TrainHeadOptions,
): Promise<TrainedHead> {
  const size = train.embeddings.length / train.classes.length;
  const statistics = columnStatistics(train.embeddings, size);
  const features = standardise(train.embeddings, statistics);
  const validationFeatures = standardise(validation.embeddings, statistics);

  const weights = new Float64Array((size + 1) * options.classes);
  const kernel = weights.subarray(0, size * options.classes);
  const bias = weights.subarray(size * options.classes);
  const adam = createAdam(weights, options.learningRate);
  const stopping = createEarlyStopping(options.patience, () => {
    const kept = weights.slice();
    return { restore: () => weights.set(kept) };
  });
  const random = createRandom(options.seed, 'classifier-batches');
  const rows = train.classes.map((_, row) => row);
  const classWeights = options.classWeights
    ? balancedClassWeights(train.classes, options.classes)
    : new Float64Array(options.classes).fill(1);
  const history: EpochRecord[] = [];
  for (let epoch = 1; epoch <= options.epochs; epoch += 1) {
    throwIfAborted(options.signal);
    const order = random.shuffled(rows);
    let sum = 0;
    let steps = 0;
    for (let first = 0; first < order.length; first += options.batchSize) {
      const batch = order.slice(first, first + options.batchSize);
      const { loss, gradient } = lossAndGradient(
        features,
        train.classes,
        batch,
        { kernel, bias },
        classWeights,
      );
      steps += 1;
      assertFiniteLoss(loss, { stage: 'train-classifier', epoch, step: steps });
      adam.step(gradient);
      sum += loss;
    }
    const logits = classifyEmbeddings(validationFeatures, { kernel, bias });
    // At the temperature that the logits will be divided by anyway: a head that separates well and is
    // too sure of itself, as it is on embeddings that were trained on the same images, is no worse one.
    const temperature = fitTemperature(logits, validation.classes);
    const validationLoss = negativeLogLikelihood(logits, validation.classes, temperature);
    history.push({ stage: 'train-classifier', epoch, steps, loss: sum / steps, validationLoss });
    const stop = stopping.after(
      epoch,
      options.monitor === 'training-loss' ? sum / steps : validationLoss,
    );
    if (stop || epoch % PROGRESS_EVERY === 0 || epoch === options.epochs) {
      options.onProgress?.({
        stage: 'train-classifier',
        done: epoch,
        total: options.epochs,
        message: `validation loss ${validationLoss.toFixed(4)}`,
      });
    }
    if (stop) break;
    // A Ctrl-C that waits in the event loop gets its turn: with many images an epoch takes a second.
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
  }
  if (options.monitor === 'validation-loss') stopping.restoreBest();
  return {
    head: foldStandardisation({ kernel, bias }, statistics),
    bestEpoch: options.monitor === 'validation-loss' ? stopping.bestEpoch : history.length,
    history,
  };
}

/** Mean cross-entropy of a softmax over `batch`, and its gradient: kernel first, bias last. */
function lossAndGradient(
  features: Float64Array,
  truth: readonly number[],
  batch: readonly number[],
  head: LinearHead,
  classWeights: readonly number[] | Float64Array,
): { loss: number; gradient: Float64Array } {
  const classes = head.bias.length;
  const size = head.kernel.length / classes;
  const gradient = new Float64Array((size + 1) * classes);
  let loss = 0;
  for (const row of batch) {
    const own = features.subarray(row * size, (row + 1) * size);
    const logits = classifyEmbeddings(own, head);
    const largest = Math.max(...logits);
    const exponentials = logits.map((logit) => Math.exp(logit - largest));
    const total = exponentials.reduce((sum, value) => sum + value, 0);
    const label = truth[row] as number;
    const weight = (classWeights[label] as number) / batch.length;
    loss += (largest + Math.log(total) - (logits[label] as number)) * weight;
    for (let column = 0; column < classes; column += 1) {
      const probability = (exponentials[column] as number) / total;
      const error = (probability - (column === label ? 1 : 0)) * weight;
      for (let axis = 0; axis < size; axis += 1) {
        const at = axis * classes + column;
        gradient[at] = (gradient[at] as number) + error * (own[axis] as number);
      }
      const at = size * classes + column;
      gradient[at] = (gradient[at] as number) + error;
    }
  }
  return { loss, gradient };
}
