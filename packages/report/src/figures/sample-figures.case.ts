import { createRandom } from '@isometry/core';
import { confusionMatrixFigure } from './confusion-matrix.ts';
import { distanceHistogramFigure } from './distance-histogram.ts';
import { embeddingMapFigure } from './embedding-map.ts';
import type { Figure } from './figure.ts';
import { lossComparisonFigure } from './loss-comparison.ts';
import { reliabilityFigure } from './reliability.ts';
import { rocFigure, type RocCurve } from './roc.ts';
import { trainingCurvesFigure } from './training-curves.ts';

/** Names that have broken drawings: long, in other scripts and directions, of emoji, of markup, of a colour, of nothing. */
export const HARD_LABELS: readonly string[] = [
  'a label of sixty characters that goes on and on, until it ends',
  '🦋 butterfly 🏳️‍🌈 emoji 👩‍👩‍👧‍👦 families in a label that is too long',
  '<script>alert("1")</script> & </svg>',
  'תווית ארוכה מאוד בעברית שנמשכת עוד ועוד עד הסוף',
  'line\nbreak\u0000and\u202Eturn \uD800',
  'figure:ink',
  '',
  "datum['x'] \\ {signal}",
];

export function labelsOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => HARD_LABELS[index] ?? `class ${index}`);
}

const random = createRandom(3, 'report/sample-figures');

function normal(): number {
  return Array.from({ length: 12 }, () => random.next()).reduce((sum, value) => sum + value, -6);
}

function matrixOf(count: number, scale: number): number[][] {
  return Array.from({ length: count }, (_, row) =>
    Array.from({ length: count }, (__, column) =>
      Math.floor(row === column ? scale * (0.5 + random.next()) : scale * random.next() ** 5),
    ),
  );
}

function mapOf(count: number, classes: number): Figure {
  const centres = Array.from({ length: classes }, () => [normal() * 8, normal() * 5]);
  const members = Array.from({ length: count }, () => Math.floor(random.next() * classes));
  return embeddingMapFigure({
    id: `map-${classes}`,
    method: 't-SNE',
    points: members.map((index) => (centres[index] as number[]).map((at) => at + normal())),
    classes: members,
    labels: labelsOf(classes),
    wrong: members.map(() => random.next() < 0.1),
    parameters: 'perplexity 30, seed 0',
  });
}

/** Of `positives` among `count` images, scored with an advantage. */
export function rocCurveOf(
  label: string,
  { count, positives, advantage }: { count: number; positives: number; advantage: number },
): RocCurve {
  const scored = Array.from({ length: count }, (_, index) => ({
    isPositive: index < positives,
    score: normal() + (index < positives ? advantage : 0),
  })).sort((a, b) => b.score - a.score);
  const falsePositiveRate = [0];
  const truePositiveRate = [0];
  let auc = 0;
  for (const { isPositive } of scored) {
    const [x, y] = [falsePositiveRate.at(-1) as number, truePositiveRate.at(-1) as number];
    falsePositiveRate.push(isPositive ? x : Math.min(1, x + 1 / (count - positives)));
    truePositiveRate.push(isPositive ? Math.min(1, y + 1 / positives) : y);
    if (!isPositive) auc += y / (count - positives);
  }
  return { label, falsePositiveRate, truePositiveRate, auc };
}

function curvesOf(count: number): Figure {
  return rocFigure({
    id: `roc-${count}`,
    curves: labelsOf(count).map((label, index) =>
      rocCurveOf(label, { count: 200, positives: 20, advantage: index / 6 }),
    ),
  });
}

const edges = Array.from({ length: 41 }, (_, index) => index / 20);

function bump(middle: number, pairs: number): number[] {
  return edges.slice(1).map((edge) => Math.round(pairs * Math.exp(-8 * (edge - middle) ** 2)));
}

function interval(value: number): {
  value: number;
  low: number;
  high: number;
  level: number;
  method: string;
} {
  return { value, low: value - 0.04, high: Math.min(1, value + 0.04), level: 0.95, method: 't' };
}

function historyOf(stage: string, epochs: number, keys: readonly string[]): object[] {
  return Array.from({ length: epochs }, (_, index) => ({
    stage,
    epoch: index + 1,
    values: Object.fromEntries(
      keys.map((key, at) => [
        key,
        key.endsWith('Accuracy')
          ? 0.5 + 0.4 * (1 - 1 / (index + 1))
          : (at + 1) * (0.4 + 3000 / (index + 1) ** 4),
      ]),
    ),
  }));
}

/** Every kind of figure: usual, with many classes and hard names, and with nothing to show. */
export function sampleFigures(): Figure[] {
  const bins = Array.from({ length: 10 }, (_, bin) => ({
    low: bin / 10,
    high: (bin + 1) / 10,
    count: bin < 3 ? 0 : 5 * bin,
    confidence: bin < 3 ? 0 : (bin + 0.5) / 10,
    accuracy: bin < 3 ? 0 : Math.min(1, (bin + 0.2) / 10),
  }));
  const history = [
    ...historyOf('train-embedding', 10, [
      'loss',
      'metricLoss',
      'positiveDistance',
      'negativeDistance',
      'validationLoss',
    ]),
    ...historyOf('train-network', 40, ['loss', 'validationLoss', 'validationBalancedAccuracy']),
    ...historyOf('train-classifier', 1, ['loss', 'validationLoss']),
  ] as Parameters<typeof trainingCurvesFigure>[0]['history'];
  return [
    confusionMatrixFigure({ labels: ['akiec', 'bkl', 'mel'], matrix: matrixOf(3, 60) }),
    confusionMatrixFigure({ id: 'confusion-8', labels: labelsOf(8), matrix: matrixOf(8, 20_000) }),
    confusionMatrixFigure({
      id: 'confusion-absent',
      title:
        'A class without images, under a title that is longer than the picture below it is wide',
      labels: labelsOf(3),
      matrix: [
        [3, 1, 0],
        [0, 0, 0],
        [1, 0, 20_000],
      ],
    }),
    confusionMatrixFigure({ id: 'confusion-40', labels: labelsOf(40), matrix: matrixOf(40, 90) }),
    confusionMatrixFigure({
      id: 'confusion-100',
      labels: labelsOf(100),
      matrix: matrixOf(100, 90),
    }),
    confusionMatrixFigure({ id: 'confusion-none', labels: ['a'], matrix: [[0]] }),
    mapOf(300, 3),
    mapOf(400, 8),
    mapOf(600, 36),
    embeddingMapFigure({
      id: 'map-one',
      method: 'UMAP',
      points: [[5, 5]],
      classes: [0],
      labels: ['only'],
      parameters: 'seed 0',
    }),
    trainingCurvesFigure({ history }),
    trainingCurvesFigure({ id: 'curves-none', history: [] }),
    distanceHistogramFigure({
      edges,
      positive: bump(0.5, 900),
      negative: bump(1.2, 3000),
      unit: 'euclidean',
    }),
    distanceHistogramFigure({
      id: 'distances-one-kind',
      edges: [0, 1, 2],
      positive: [0, 0],
      negative: [1, 0],
      unit: 'cosine',
    }),
    reliabilityFigure({ bins, ece: 0.031 }),
    curvesOf(3),
    curvesOf(8),
    curvesOf(40),
    lossComparisonFigure({
      metric: 'balanced accuracy',
      panels: ['MobileNet', ...HARD_LABELS.slice(0, 2)].map((title) => ({
        title,
        rows: [
          { loss: 'cross-entropy', mean: interval(0.6), seeds: [0.58, 0.6, 0.62], paper: 0.9284 },
          { loss: HARD_LABELS[0] as string, mean: null, seeds: [], paper: 0.97 },
          { loss: 'triplet', mean: interval(0.99), seeds: [0.99], paper: null },
        ],
      })),
    }),
  ];
}
