import { createRandom, wilsonInterval, type Interval, type Random } from '@isometry/core';
import type { EvaluatedImage, Evaluation } from './evaluation.ts';

export interface SyntheticEvaluationOptions {
  readonly images?: number;
  readonly labels?: readonly string[];
  readonly seed?: number;
}

/** An evaluation whose counts fit each other; its scores are rough. The same options give the same one. */
export function syntheticEvaluation({
  images: count = 60,
  labels = ['akiec', 'bkl', 'mel'],
  seed = 0,
}: SyntheticEvaluationOptions = {}): Evaluation {
  const random = createRandom(seed, 'synthetic-evaluation');
  const images = Array.from({ length: count }, (_, row) => syntheticImage(row, labels, random));
  return evaluationOf(images, labels, random);
}

function syntheticImage(row: number, labels: readonly string[], random: Random): EvaluatedImage {
  const truth = row % labels.length;
  const logits = labels.map((_, index) => 3 * gaussian(random) + (index === truth ? 3 : 0));
  const probabilities = softmax(logits);
  const predicted = probabilities.indexOf(Math.max(...probabilities));
  return {
    file: `${labels[truth]}/image-${String(row).padStart(5, '0')}.jpg`,
    label: labels[truth] as string,
    predicted: labels[predicted] as string,
    probabilities,
    group: `group-${row >> 1}`,
  };
}

/** The images' evaluation; embeddings are drawn around a place for each class. */
export function evaluationOf(
  images: readonly EvaluatedImage[],
  labels: readonly string[],
  random: Random,
): Evaluation {
  const truth = images.map(({ label }) => labels.indexOf(label));
  const confusion = labels.map(() => labels.map(() => 0));
  for (const [row, { predicted }] of images.entries()) {
    const own = confusion[truth[row] as number] as number[];
    own[labels.indexOf(predicted)] = (own[labels.indexOf(predicted)] as number) + 1;
  }
  const support = confusion.map((row) => sum(row));
  const right = sum(confusion.map((row, index) => row[index] as number));
  const accuracy = wilsonInterval(right, images.length);
  const bootstrap = (value: number): Interval => ({
    value,
    low: Math.max(0, value - 0.05),
    high: Math.min(1, value + 0.05),
    level: 0.95,
    method: 'bootstrap',
  });
  const classes = labels.map((label, index) => {
    const correct = (confusion[index] as number[])[index] as number;
    const predicted = sum(confusion.map((row) => row[index] as number));
    const precision = predicted === 0 ? 0 : correct / predicted;
    const own = support[index] as number;
    const recall = own === 0 ? null : wilsonInterval(correct, own);
    const f1 = correct === 0 ? 0 : (2 * correct) / (predicted + own);
    return {
      label,
      support: own,
      predicted,
      precision,
      recall,
      f1,
      rocAuc: own === 0 ? null : 0.8,
    };
  });
  const means = {
    precision: mean(classes.map(({ precision }) => precision)),
    recall: mean(classes.map(({ recall }) => recall?.value ?? 0)),
    f1: mean(classes.map(({ f1 }) => f1)),
  };
  const scores = { precisionAt1: 0.61, rPrecision: 0.52, mapAtR: 0.38 };
  return {
    kind: 'isometry.evaluation',
    version: 1,
    software: 'isometry 0.1.0',
    model: {
      name: 'synthetic',
      digest: 'ab'.repeat(32),
      provider: 'cpu',
      labels,
      embedding: { size: 64, normalised: true, distance: 'euclidean' },
      training: {
        backbone: 'mobilenet',
        loss: 'lifted-structured',
        protocol: 'best',
        seed: 1,
        weights: 'random',
      },
    },
    data: {
      name: 'photos',
      split: 'test',
      digest: 'cd'.repeat(32),
      count: images.length,
      classes: classes.map((one) => ({ label: one.label, count: one.support })),
      groups: new Set(images.map(({ group }) => group)).size,
      skipped: [{ file: 'mel/cut.jpg', code: 'IMAGE_TRUNCATED', message: 'It ends too early.' }],
      warnings: [],
    },
    classification: {
      accuracy,
      balancedAccuracy: bootstrap(means.recall),
      macroF1: bootstrap(means.f1),
      macro: means,
      weighted: means,
      rocAuc: { macro: 0.8, weighted: 0.8 },
      confusion,
      classes,
    },
    calibration: { ece: 0.0834, adaptiveEce: 0.079, brier: 0.55, nll: 0.93, bins: binsOf(images) },
    retrieval: {
      reference: 'the training split',
      queries: images.length,
      loneQueries: 0,
      ...scores,
      macro: scores,
      recallAt: [1, 5, 10].map((k) => ({ k, value: Math.min(1, 0.6 + k / 30) })),
      neighbours: [1, 5, 11].map((k) => ({ k, accuracy: 0.6 + k / 100 })),
      prototypeAccuracy: 0.64,
    },
    distances: {
      edges: Array.from({ length: 33 }, (_, edge) => edge / 16),
      positive: Array.from({ length: 32 }, (_, bin) => hump(bin, 10)),
      negative: Array.from({ length: 32 }, (_, bin) => hump(bin, 17)),
      unit: 'euclidean',
    },
    maps: { tsne: mapOf(truth, random), umap: mapOf(truth, random) },
    roc: labels.map((label, index) => ({ label, ...curveOf(images, index, label) })),
    images,
    history: Array.from({ length: 9 }, (_, epoch) => ({
      stage: 'train-network',
      epoch: epoch + 1,
      values: {
        loss: 1.3 / (epoch + 1),
        validationLoss: 0.9 - 0.02 * epoch + 0.004 * epoch ** 2,
        validationBalancedAccuracy: 0.7 - 0.2 / (epoch + 1),
      },
    })),
  };
}

function binsOf(images: readonly EvaluatedImage[]): Evaluation['calibration']['bins'] {
  return Array.from({ length: 15 }, (_, bin) => {
    const own = images.filter(({ probabilities }) => {
      const top = Math.max(...probabilities);
      return top > bin / 15 && top <= (bin + 1) / 15;
    });
    const confidence = mean(own.map(({ probabilities }) => Math.max(...probabilities)));
    const accuracy = mean(own.map(({ label, predicted }) => Number(label === predicted)));
    return { low: bin / 15, high: (bin + 1) / 15, count: own.length, confidence, accuracy };
  });
}

function curveOf(
  images: readonly EvaluatedImage[],
  index: number,
  label: string,
): Pick<Evaluation['roc'][number], 'falsePositiveRate' | 'truePositiveRate'> {
  const positives = images.filter((image) => image.label === label).length;
  const curve = { falsePositiveRate: [0], truePositiveRate: [0] };
  const seen = { wrong: 0, right: 0 };
  const ranked = images.toSorted(
    (a, b) => (b.probabilities[index] as number) - (a.probabilities[index] as number),
  );
  for (const image of ranked) {
    seen[image.label === label ? 'right' : 'wrong'] += 1;
    curve.falsePositiveRate.push(seen.wrong / Math.max(1, images.length - positives));
    curve.truePositiveRate.push(seen.right / Math.max(1, positives));
  }
  return curve;
}

function mapOf(truth: readonly number[], random: Random): number[][] {
  return truth.map((index) => [
    20 * Math.cos(2 * index) + 9 * gaussian(random),
    20 * Math.sin(2 * index) + 9 * gaussian(random),
  ]);
}

function hump(bin: number, centre: number): number {
  return Math.round(1000 * Math.exp(-(((bin - centre) / 5) ** 2)));
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
}

function softmax(logits: readonly number[]): number[] {
  const powers = logits.map((logit) => Math.exp(logit - Math.max(...logits)));
  return powers.map((power) => power / sum(powers));
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
