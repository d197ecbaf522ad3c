import {
  confusionMatrixFigure,
  distanceHistogramFigure,
  embeddingMapFigure,
  encodePicture,
  lossComparisonFigure,
  reliabilityFigure,
  rocFigure,
  trainingCurvesFigure,
  type Figure,
  type Page,
  type Table,
} from '@isometry/report';

/** A class that must stay text. */
export const HOSTILE = '<img src=x onerror="globalThis.hacked = true">';

const LABELS = ['akiec', HOSTILE, 'mel'];

/** Numbers as tables show them, in the order in which a sort of texts would not put them. */
export const COUNTS = ['9', '10', '1,234', '–', '2.5%', '10', '-3', '-20', '2.25%'];

/** A page with one of everything: every kind of figure, and tables, pictures, scores and facts. */
export async function samplePage(): Promise<Page> {
  const picture = { width: 4, height: 4, data: new Uint8Array(48).fill(200) };
  return {
    title: 'A report',
    lead: 'What a busy person reads.',
    notes: ['Another data set.'],
    sections: [
      {
        id: 'summary',
        title: 'Summary',
        text: 'First words.\n\nSecond words.',
        blocks: [
          {
            kind: 'scores',
            scores: [
              {
                name: 'Accuracy',
                value: '62.1%',
                detail: 'of three classes',
                interval: { value: 0.62, low: 0.57, high: 0.67 },
                baseline: 0.43,
              },
            ],
          },
          { kind: 'facts', facts: [{ name: 'Digest', value: 'ab'.repeat(32) }] },
          { kind: 'table', table: countTable() },
          { kind: 'table', table: wideTable() },
        ],
      },
      {
        id: 'figures',
        title: 'Figures',
        blocks: sampleFigures().map((figure) => ({ kind: 'figure', figure })),
      },
      {
        id: 'mistakes',
        title: 'Mistakes',
        blocks: [
          {
            kind: 'pictures',
            pictures: [{ src: await encodePicture(picture), alt: 'grey', caption: HOSTILE }],
            caption: 'The only mistake.',
          },
        ],
      },
    ],
  };
}

function countTable(): Table {
  return {
    id: 'counts',
    caption: 'Counts of classes.',
    columns: [{ title: 'Class' }, { title: 'Images', numeric: true }],
    rows: COUNTS.map((text, index) => [{ text: `class ${index}` }, { text }]),
  };
}

function wideTable(): Table {
  return {
    id: 'wide',
    caption: 'More columns than a telephone is wide, and a name of three hundred letters.',
    columns: Array.from({ length: 12 }, (_, index) => ({ title: `Column ${index}` })),
    rows: [HOSTILE, 'x'.repeat(300)].map((text) =>
      Array.from({ length: 12 }, (_, index) => ({ text: index === 0 ? text : `value ${index}` })),
    ),
  };
}

/** One of every kind that draws. */
function sampleFigures(): Figure[] {
  const points = Array.from({ length: 60 }, (_, index) => [Math.cos(index), Math.sin(2 * index)]);
  const classes = points.map((_, index) => index % 3);
  const rates = { falsePositiveRate: [0, 0.2, 1], truePositiveRate: [0, 0.7, 1] };
  const interval = { value: 0.6, low: 0.5, high: 0.7, level: 0.95, method: 'bootstrap' };
  return [
    confusionMatrixFigure({
      labels: LABELS,
      matrix: [
        [9, 1, 2],
        [2, 30, 4],
        [0, 5, 40],
      ],
    }),
    embeddingMapFigure({
      id: 'tsne',
      method: 't-SNE',
      points,
      classes,
      labels: LABELS,
      wrong: classes.map((own) => own === 1),
      parameters: 'seed 0',
    }),
    distanceHistogramFigure({
      edges: [0, 1, 2, 3],
      positive: [5, 3, 1],
      negative: [1, 4, 8],
      unit: 'euclidean',
    }),
    reliabilityFigure({
      bins: [
        { low: 0, high: 0.5, count: 10, confidence: 0.4, accuracy: 0.3 },
        { low: 0.5, high: 1, count: 20, confidence: 0.8, accuracy: 0.7 },
      ],
      ece: 0.1,
    }),
    rocFigure({ curves: LABELS.map((label) => ({ label, ...rates, auc: 0.75 })) }),
    trainingCurvesFigure({
      history: [1, 2, 3].map((epoch) => ({
        stage: 'train-network',
        epoch,
        values: { loss: 1 / epoch, validationLoss: 1.2 / epoch, validationBalancedAccuracy: 0.6 },
      })),
    }),
    lossComparisonFigure({
      metric: 'accuracy',
      panels: [
        {
          title: 'mobilenet',
          rows: [{ loss: 'triplet', mean: interval, seeds: [0.58, 0.62], paper: 0.9 }],
        },
      ],
    }),
  ];
}
