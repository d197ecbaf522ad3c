import {
  IsometryError,
  numberClusters,
  scoreConfusion,
  type ClassificationScores,
} from '@isometry/core';
import type { EvaluatedCell } from './assert-cells.ts';
import type { ScoreName } from './reproduction.ts';

/** The answers of several seeds below each other. */
export interface StackedAnswers {
  readonly seedCount: number;
  readonly classes: number;
  /** Where each answer counts: its seed's confusion matrix, its row, its column; matrices lie behind each other. */
  readonly places: Int32Array;
  /** The image's group, or the image: the same number in every seed. */
  readonly clusters: Int32Array;
}

export const SCORE_NAMES: readonly ScoreName[] = [
  'precision',
  'recall',
  'f1',
  'accuracy',
  'balancedAccuracy',
  'macroF1',
];

/**
 * @param cells those of one row, with the same labels
 * @throws `REPORT_INVALID` when an answer is none of the labels
 */
export function stackAnswers(cells: readonly EvaluatedCell[]): StackedAnswers {
  const labels = cells[0]?.evaluation.model.labels ?? [];
  const indexOf = (label: string): number => {
    const index = labels.indexOf(label);
    if (index !== -1) return index;
    throw new IsometryError(
      'REPORT_INVALID',
      `An image has the label “${label}”, which the model does not know: ${labels.join(', ')}.`,
      { hint: 'Evaluate the model anew.', details: { label, labels: [...labels] } },
    );
  };
  const images = cells.flatMap(({ evaluation }, seed) =>
    evaluation.images.map((image) => ({ image, seed })),
  );
  const classes = labels.length;
  return {
    seedCount: cells.length,
    classes,
    places: Int32Array.from(
      images,
      ({ image, seed }) =>
        (seed * classes + indexOf(image.label)) * classes + indexOf(image.predicted),
    ),
    clusters: numberClusters(images.map(({ image }) => image)),
  };
}

/** The scores of every seed's drawn answers, and the mean of each over the seeds. */
export function meanScores(answers: StackedAnswers, rows: Int32Array): Record<ScoreName, number> {
  const seeds = confusionsOf(answers, rows)
    // A draw of a small set can miss a seed.
    .filter((confusion) => confusion.some((row) => row.some((count) => count > 0)))
    .map((confusion) => namedScores(scoreConfusion(confusion)));
  const mean = (name: ScoreName): number =>
    seeds.reduce((sum, scores) => sum + scores[name], 0) / seeds.length;
  return Object.fromEntries(SCORE_NAMES.map((name) => [name, mean(name)])) as Record<
    ScoreName,
    number
  >;
}

function namedScores(scores: ClassificationScores): Record<ScoreName, number> {
  const { weighted, accuracy, balancedAccuracy, macro } = scores;
  return { ...weighted, accuracy, balancedAccuracy, macroF1: macro.f1 };
}

/** Each seed's confusion of the answers in some rows, rows truth. */
function confusionsOf(
  { seedCount, classes, places }: StackedAnswers,
  rows: Int32Array,
): readonly (readonly (readonly number[])[])[] {
  const counts = new Int32Array(seedCount * classes * classes);
  for (const row of rows) {
    const place = places[row] as number;
    counts[place] = (counts[place] as number) + 1;
  }
  return range(seedCount).map((seed) =>
    range(classes).map((truth) => {
      const start = (seed * classes + truth) * classes;
      return [...counts.subarray(start, start + classes)];
    }),
  );
}

function range(length: number): readonly number[] {
  return [...new Array<undefined>(length).keys()];
}

/** The confusion of all answers, whatever their seed. */
export function totalConfusion(answers: StackedAnswers): readonly (readonly number[])[] {
  const total = answers.places.map((place) => place % answers.classes ** 2);
  const rows = Int32Array.from(total.keys());
  return confusionsOf({ ...answers, seedCount: 1, places: total }, rows)[0] ?? [];
}
