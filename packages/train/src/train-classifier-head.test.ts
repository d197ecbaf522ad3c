import { describe, expect, it } from 'vitest';
import { createRandom } from '@isometry/core';
import { classifyEmbeddings } from './linear-head.ts';
import { measureClassifier } from './classification-metrics.ts';
import { trainClassifierHead } from './train-classifier-head.ts';

const SETTINGS = {
  classes: 3,
  learningRate: 6e-4,
  batchSize: 48,
  epochs: 400,
  patience: 400,
  monitor: 'validation-loss' as const,
  classWeights: false,
  seed: 1,
};

/** Three clouds in four dimensions, one of which never varies, at any scale and offset. */
function clouds(seed: number, scale: number) {
  const random = createRandom(seed, 'clouds');
  const classes = Array.from({ length: 90 }, (_, row) => row % 3);
  const rows = classes.map((label) => [
    (label === 0 ? 2 : 0) + random.next(),
    (label === 1 ? 2 : 0) + random.next(),
    random.next(),
    7,
  ]);
  return {
    classes,
    embeddings: Float32Array.from(rows.flat(), (value) => value * scale + 3 * scale),
  };
}

describe('trainClassifierHead', () => {
  it.each([1e-3, 1, 1e3])('separates clouds at scale %d', async (scale) => {
    const [train, validation] = [clouds(1, scale), clouds(2, scale)];
    const { head, history } = await trainClassifierHead(train, validation, SETTINGS);
    const logits = classifyEmbeddings(validation.embeddings, head);
    expect(measureClassifier(logits, validation.classes, ['a', 'b', 'c']).accuracy.value).toBe(1);
    expect(history.at(-1)?.loss).toBeLessThan((history[0]?.loss as number) / 2);
  });

  it('gives the weights of the epoch with the least validation loss', async () => {
    const [train, validation] = [clouds(1, 1), clouds(2, 1)];
    // Labels that contradict the training set: every step makes validation worse.
    const turned = { ...validation, classes: validation.classes.map((label) => (label + 1) % 3) };
    const trained = await trainClassifierHead(train, turned, { ...SETTINGS, patience: 5 });
    expect(trained.bestEpoch).toBe(1);
    expect(trained.history).toHaveLength(6);
  });

  it('does not take a head that is too sure of itself for a worse one', async () => {
    const [train, validation] = [clouds(1, 1), clouds(2, 1)];
    // Every tenth label is wrong: the surer the head, the dearer they are, unless the temperature makes
    // up for it.
    const classes = validation.classes.map((label, row) =>
      row % 10 === 0 ? (label + 1) % 3 : label,
    );
    const settings = { ...SETTINGS, learningRate: 0.2, epochs: 60, patience: 10 };
    const { head, bestEpoch } = await trainClassifierHead(
      train,
      { ...validation, classes },
      settings,
    );
    expect(bestEpoch).toBeGreaterThan(30);
    const logits = classifyEmbeddings(validation.embeddings, head);
    expect(measureClassifier(logits, validation.classes, ['a', 'b', 'c']).accuracy.value).toBe(1);
  });

  it('stops when it is told to', async () => {
    const controller = new AbortController();
    controller.abort();
    const options = { ...SETTINGS, signal: controller.signal };
    await expect(trainClassifierHead(clouds(1, 1), clouds(2, 1), options)).rejects.toMatchObject({
      code: 'ABORTED',
    });

    // Pressed while it runs: the epoch that runs is the last one.
    const pressed = new AbortController();
    setImmediate(() => pressed.abort());
    const told: number[] = [];
    const running = trainClassifierHead(clouds(1, 1), clouds(2, 1), {
      ...SETTINGS,
      signal: pressed.signal,
      onProgress: ({ done }) => told.push(done),
    });
    await expect(running).rejects.toMatchObject({ code: 'ABORTED' });
    expect(told).toEqual([]);
  });

  it('says where a loss stopped being a number', async () => {
    const { classes, embeddings } = clouds(1, 1);
    embeddings[5] = Number.NaN;
    const broken = { classes, embeddings };
    await expect(trainClassifierHead(broken, clouds(2, 1), SETTINGS)).rejects.toMatchObject({
      code: 'TRAINING_DIVERGED',
      details: { stage: 'train-classifier', epoch: 1, step: 1 },
    });
  });
});
