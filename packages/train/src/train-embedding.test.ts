import { isIsometryError, type PixelImage, type Progress } from '@isometry/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { PIXEL_DEFAULTS } from './config.ts';
import { PAPER_LOSS } from './losses/lifted-structured-loss.ts';
import { createNetwork, type Network } from './network.ts';
import { createRandom } from './sampling/random.ts';
import { loadTfjs, type Tfjs } from './tfjs.ts';
import { trainEmbedding, type Examples, type TrainEmbeddingOptions } from './train-embedding.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
});

const SIDE = 32;

const OPTIONS: TrainEmbeddingOptions = {
  pixels: { ...PIXEL_DEFAULTS, width: SIDE, height: SIDE },
  loss: PAPER_LOSS,
  learningRate: 1e-3,
  batchSize: 8,
  epochs: 3,
  patience: 3,
  supportImages: 16,
  seed: 1,
};

function createTinyNetwork(): Network {
  return createNetwork(tf, {
    width: SIDE,
    height: SIDE,
    widthMultiplier: 0.25,
    embeddingSize: 8,
    normalise: false,
    classes: 2,
    seed: 1,
  });
}

/** Noise, reddish for one class and bluish for the other. */
function createExamples(seed: number, count: number): Examples {
  const random = createRandom(seed, 'examples');
  const classes = Array.from({ length: count }, (_, index) => index % 2);
  const images = classes.map((label): PixelImage => {
    const data = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, index) =>
      Math.floor(150 * random.next() + (index % 3 === label * 2 ? 100 : 0)),
    );
    return { width: SIDE, height: SIDE, data };
  });
  return { images, classes };
}

describe('trainEmbedding', () => {
  it('lowers both losses, keeps the best epoch and leaves no tensor behind', async () => {
    const network = createTinyNetwork();
    const before = tf.memory().numTensors;
    const [train, validation] = [createExamples(1, 16), createExamples(2, 8)];
    const tensors: number[] = [];
    const trained = await trainEmbedding(tf, network.embedder, train, validation, {
      ...OPTIONS,
      onProgress: () => tensors.push(tf.memory().numTensors),
    });
    expect(tf.memory().numTensors).toBe(before);
    // Adam makes its moments in the first step; after that every step ends with as many tensors.
    expect(new Set(tensors.slice(1)).size).toBe(1);
    const losses = trained.history.map(({ loss }) => loss);
    expect(losses.at(-1)).toBeLessThan(losses[0] as number);
    const validationLosses = trained.history.map(({ validationLoss }) => validationLoss);
    expect(trained.bestEpoch).toBe(1 + validationLosses.indexOf(Math.min(...validationLosses)));
    network.dispose();
  });

  it('gives the weights of the best epoch, not of the last', async () => {
    const [train, validation] = [createExamples(1, 16), createExamples(2, 8)];
    // Turned labels: the better the classes come apart, the worse the validation loss.
    const turned = { ...validation, classes: validation.classes.map((label) => 1 - label) };
    const network = createTinyNetwork();
    const long = await trainEmbedding(tf, network.embedder, train, turned, OPTIONS);
    const kept = network.embedder.getWeights().map((weight) => [...weight.dataSync()]);
    expect(long.bestEpoch).toBeLessThan(OPTIONS.epochs);
    network.dispose();

    const again = createTinyNetwork();
    const short = { ...OPTIONS, epochs: long.bestEpoch };
    await trainEmbedding(tf, again.embedder, train, turned, short);
    const expected = again.embedder.getWeights().map((weight) => [...weight.dataSync()]);
    again.dispose();
    expect(kept.length).toBe(expected.length);
    // The same steps on the same machine give the same bits (measured, also under load).
    let worst = 0;
    for (const [index, values] of kept.entries()) {
      for (const [at, value] of values.entries()) {
        worst = Math.max(worst, Math.abs(value - (expected[index]?.[at] as number)));
      }
    }
    expect(worst).toBe(0);
  });

  it('names epoch and step when the loss is no number any more', async () => {
    const network = createTinyNetwork();
    const before = tf.memory().numTensors;
    const error: unknown = await trainEmbedding(
      tf,
      network.embedder,
      createExamples(1, 16),
      createExamples(2, 8),
      { ...OPTIONS, learningRate: 1e30 },
    ).catch((reason: unknown) => reason);
    expect(isIsometryError(error) && error.code).toBe('TRAINING_DIVERGED');
    expect(error).toMatchObject({ details: { stage: 'train-embedding', epoch: 1 } });
    expect(tf.memory().numTensors).toBe(before);
    network.dispose();
  });

  it('stops between two steps when it is told to', async () => {
    const network = createTinyNetwork();
    const controller = new AbortController();
    const seen: Progress[] = [];
    const training = trainEmbedding(
      tf,
      network.embedder,
      createExamples(1, 16),
      createExamples(2, 8),
      {
        ...OPTIONS,
        signal: controller.signal,
        onProgress: (progress) => {
          seen.push(progress);
          if (progress.done === 2) controller.abort();
        },
      },
    );
    await expect(training).rejects.toMatchObject({ code: 'ABORTED' });
    expect(seen.map(({ done }) => done)).toEqual([1, 2]);
    network.dispose();
  });
});

describe('createNetwork', () => {
  it('starts from the same weights for the same seed', () => {
    const weightsOf = (network: Network) => {
      const values = network.model.getWeights().map((weight) => [...weight.dataSync()]);
      network.dispose();
      return values;
    };
    expect(weightsOf(createTinyNetwork())).toEqual(weightsOf(createTinyNetwork()));
  });

  it('gives back every tensor', () => {
    const before = tf.memory().numTensors;
    createTinyNetwork().dispose();
    expect(tf.memory().numTensors).toBe(before);
  });
});
