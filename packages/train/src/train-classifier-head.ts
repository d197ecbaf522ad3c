import type { Scalar, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { throwIfAborted, type Progress } from '@isometry/core';
import { createEarlyStopping } from './early-stopping.ts';
import type { EpochRecord } from './history.ts';
import { createRandom } from './random.ts';
import type { Tfjs } from './tfjs.ts';
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
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

/** A linear layer on raw embeddings: `logits = embedding * kernel + bias`. */
export interface TrainedHead {
  /** `[D, C]`, row-major. */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  readonly bestEpoch: number;
  readonly history: readonly EpochRecord[];
}

/**
 * Trains a softmax classifier on frozen embeddings with Adam and early stopping on the validation loss.
 * It sees the embeddings standardised, so that one step size fits embeddings of any scale; the
 * standardisation is folded into the weights that are returned.
 * @throws `TRAINING_DIVERGED`, `ABORTED`
 */
export async function trainClassifierHead(
  tf: Tfjs,
  train: EmbeddedExamples,
  validation: EmbeddedExamples,
  options: TrainHeadOptions,
): Promise<TrainedHead> {
  const size = train.embeddings.length / train.classes.length;
  const { mean, deviation } = columnStatistics(train.embeddings, size);
  const toTensor = (rows: Float32Array): Tensor2D =>
    tf.tensor2d(
      rows.map(
        (value, index) =>
          (value - (mean[index % size] as number)) / (deviation[index % size] as number),
      ),
      [rows.length / size, size],
    );
  const features = toTensor(train.embeddings);
  const targets = oneHot(train.classes);
  const validationFeatures = toTensor(validation.embeddings);
  const validationTargets = oneHot(validation.classes);
  const kernel = tf.variable(tf.zeros([size, options.classes]) as Tensor2D);
  const bias = tf.variable(tf.zeros([options.classes]) as Tensor1D);
  const optimizer = tf.train.adam(options.learningRate);
  const owned = [features, targets, validationFeatures, validationTargets, kernel, bias, optimizer];

  let best = { kernel: new Float32Array(), bias: new Float32Array() };
  const stopping = createEarlyStopping(options.patience, () => {
    best = {
      kernel: Float32Array.from(kernel.dataSync()),
      bias: Float32Array.from(bias.dataSync()),
    };
    return { restore: () => undefined };
  });
  const random = createRandom(options.seed, 'classifier-batches');
  const rows = train.classes.map((_, row) => row);
  const history: EpochRecord[] = [];
  try {
    for (let epoch = 1; epoch <= options.epochs; epoch += 1) {
      throwIfAborted(options.signal);
      const order = random.shuffled(rows);
      let sum = 0;
      let steps = 0;
      for (let first = 0; first < order.length; first += options.batchSize) {
        const batch = order.slice(first, first + options.batchSize);
        const cost = optimizer.minimize(
          () => crossEntropy(features.gather(batch), targets.gather(batch)),
          true,
          [kernel, bias],
        ) as Scalar;
        const [loss] = (await cost.data()) as Float32Array;
        cost.dispose();
        steps += 1;
        assertFiniteLoss(loss as number, { stage: 'train-classifier', epoch, step: steps });
        sum += loss as number;
      }
      const validationLoss = tf.tidy(
        () => crossEntropy(validationFeatures, validationTargets).dataSync()[0] as number,
      );
      history.push({ stage: 'train-classifier', epoch, steps, loss: sum / steps, validationLoss });
      options.onProgress?.({
        stage: 'train-classifier',
        done: epoch,
        total: options.epochs,
        message: `validation loss ${validationLoss.toFixed(4)}`,
      });
      if (stopping.after(epoch, validationLoss)) break;
    }
  } finally {
    for (const item of owned) item.dispose();
  }
  return { ...unstandardise(best, mean, deviation), bestEpoch: stopping.bestEpoch, history };

  function crossEntropy(x: Tensor2D, y: Tensor2D): Scalar {
    return tf.losses.softmaxCrossEntropy(y, x.matMul(kernel).add(bias)) as Scalar;
  }

  function oneHot(classes: readonly number[]): Tensor2D {
    return tf.tidy(() => tf.oneHot([...classes], options.classes).toFloat() as Tensor2D);
  }
}

/** A value that never varies carries nothing: it is left unscaled, its weight stays what it is. */
const NO_DEVIATION = 1;

function columnStatistics(
  values: Float32Array,
  size: number,
): { mean: Float64Array; deviation: Float64Array } {
  const count = values.length / size;
  const mean = new Float64Array(size);
  const deviation = new Float64Array(size);
  for (const [index, value] of values.entries())
    mean[index % size] = (mean[index % size] as number) + value / count;
  for (const [index, value] of values.entries()) {
    const column = index % size;
    deviation[column] =
      (deviation[column] as number) + (value - (mean[column] as number)) ** 2 / count;
  }
  return { mean, deviation: deviation.map((variance) => Math.sqrt(variance) || NO_DEVIATION) };
}

/** `((x - mean) / deviation) * W + b = x * (W / deviation) + (b - mean / deviation * W)`. */
function unstandardise(
  head: { readonly kernel: Float32Array; readonly bias: Float32Array },
  mean: Float64Array,
  deviation: Float64Array,
): { kernel: Float32Array; bias: Float32Array } {
  const classes = head.bias.length;
  const bias = Float64Array.from(head.bias);
  const kernel = head.kernel.map((weight, index) => {
    const row = Math.floor(index / classes);
    const scaled = weight / (deviation[row] as number);
    bias[index % classes] = (bias[index % classes] as number) - scaled * (mean[row] as number);
    return scaled;
  });
  return { kernel, bias: Float32Array.from(bias) };
}
