import {
  bootstrapInterval,
  confusionMatrix,
  IsometryError,
  mcnemar,
  pairedBootstrap,
  scoreConfusion,
  type ClassificationScores,
  type Interval,
} from '@isometry/core';
import type { Evaluation } from '../evaluation/evaluation.ts';
import { paperScores } from './paper-results.ts';
import type {
  GridCell,
  GridComparison,
  GridRow,
  PairedDifference,
  ScoreName,
} from './reproduction.ts';

/** A cell that is done, with its answers to its test images. */
export interface EvaluatedCell extends GridCell {
  readonly evaluation: Evaluation;
}

const BASELINE = 'cross-entropy';

const SCORES: Readonly<Record<ScoreName, (scores: ClassificationScores) => number>> = {
  precision: ({ weighted }) => weighted.precision,
  recall: ({ weighted }) => weighted.recall,
  f1: ({ weighted }) => weighted.f1,
  accuracy: ({ accuracy }) => accuracy,
  balancedAccuracy: ({ balancedAccuracy }) => balancedAccuracy,
  macroF1: ({ macro }) => macro.f1,
};

/**
 * A row for every backbone and loss, compared with cross-entropy on the same seeds and images.
 * @param cells those of one seed have the same test images in the same order
 * @throws `REPORT_INVALID` when they have not
 */
export function compareLosses(cells: readonly EvaluatedCell[]): readonly GridRow[] {
  const keys = [...new Set(cells.map(({ backbone, loss }) => `${backbone}/${loss}`))];
  const rows = keys.map((key) => {
    const own = cells.filter(({ backbone, loss }) => `${backbone}/${loss}` === key);
    const [first] = own as [EvaluatedCell];
    const others = cells.filter(
      ({ backbone, loss }) => backbone === first.backbone && loss === BASELINE,
    );
    return {
      ...summarise(own),
      comparison: first.loss === BASELINE ? null : compare(own, others),
    };
  });
  return rows.map((row) => adjust(row, rows));
}

function summarise(cells: readonly EvaluatedCell[]): Omit<GridRow, 'comparison'> {
  const [first] = cells as [EvaluatedCell];
  const answers = stack(cells);
  const interval = (score: (scores: ClassificationScores) => number): Interval =>
    bootstrapInterval(answers.truth.length, (rows) => meanOverSeeds(answers, rows, score), {
      clusters: answers.clusters,
    });
  const bySeed = cells.map(scoresOf);
  const classes = first.evaluation.model.labels.length;
  return {
    backbone: first.backbone,
    loss: first.loss,
    seeds: cells.map(({ seed }) => seed),
    scores: Object.fromEntries(
      Object.entries(SCORES).map(([name, score]) => [name, interval(score)]),
    ) as GridRow['scores'],
    bySeed: bySeed.map(({ accuracy, balancedAccuracy }) => ({ accuracy, balancedAccuracy })),
    paper: paperScores(first.backbone, first.loss),
    confusion: confusionMatrix(answers.truth, answers.predicted, classes),
  };
}

function compare(
  own: readonly EvaluatedCell[],
  baseline: readonly EvaluatedCell[],
): GridComparison | null {
  const pairs = own.flatMap((cell) => {
    const other = baseline.find(({ seed }) => seed === cell.seed);
    if (other !== undefined) assertSameImages(cell, other);
    return other === undefined ? [] : [[cell, other] as const];
  });
  if (pairs.length === 0) return null;
  const [these, those] = [pairs.map(([cell]) => cell), pairs.map(([, other]) => other)];
  const [left, right] = [stack(these), stack(those)];
  const difference = (score: (scores: ClassificationScores) => number): PairedDifference => {
    const found = pairedBootstrap(
      left.truth.length,
      (rows) => meanOverSeeds(left, rows, score),
      (rows) => meanOverSeeds(right, rows, score),
      { clusters: left.clusters },
    );
    return { ...found, adjustedPValue: found.pValue };
  };
  return {
    seeds: these.map(({ seed }) => seed),
    accuracy: difference(SCORES.accuracy),
    balancedAccuracy: difference(SCORES.balancedAccuracy),
    bySeed: pairs.map(([cell, other]) => {
      const { onlyA, onlyB, pValue } = mcnemar(rightAnswers(cell), rightAnswers(other));
      const [scores, base] = [scoresOf(cell), scoresOf(other)];
      return {
        seed: cell.seed,
        accuracy: scores.accuracy - base.accuracy,
        balancedAccuracy: scores.balancedAccuracy - base.balancedAccuracy,
        onlyThis: onlyA,
        onlyCrossEntropy: onlyB,
        pValue,
      };
    }),
  };
}

function assertSameImages(cell: EvaluatedCell, other: EvaluatedCell): void {
  const files = ({ evaluation }: EvaluatedCell): string =>
    JSON.stringify(evaluation.images.map(({ file, label, group }) => [file, label, group]));
  if (files(cell) === files(other)) return;
  throw new IsometryError(
    'REPORT_INVALID',
    `${cell.backbone} with ${cell.loss} and with ${other.loss} were tested on different images of seed ${cell.seed}.`,
    { hint: 'Evaluate both on the same split.', details: { seed: cell.seed } },
  );
}

/** The answers of several seeds below each other. */
interface StackedAnswers {
  readonly truth: readonly number[];
  readonly predicted: readonly number[];
  /** Position of each answer's seed. */
  readonly seeds: readonly number[];
  readonly seedCount: number;
  readonly classes: number;
  /** The image's group, or the image: the same number in every seed. */
  readonly clusters: readonly number[];
}

function stack(cells: readonly EvaluatedCell[]): StackedAnswers {
  const labels = cells[0]?.evaluation.model.labels ?? [];
  const numbers = new Map<string, number>();
  const clusterOf = ({ file, group }: Evaluation['images'][number]): number => {
    const key = group === null ? `file ${file}` : `group ${group}`;
    const number = numbers.get(key) ?? numbers.size;
    numbers.set(key, number);
    return number;
  };
  const images = cells.flatMap(({ evaluation }, seed) =>
    evaluation.images.map((image) => ({ image, seed })),
  );
  return {
    truth: images.map(({ image }) => labels.indexOf(image.label)),
    predicted: images.map(({ image }) => labels.indexOf(image.predicted)),
    seeds: images.map(({ seed }) => seed),
    seedCount: cells.length,
    classes: labels.length,
    clusters: images.map(({ image }) => clusterOf(image)),
  };
}

/** A score of every seed's drawn answers, and the mean of these. */
function meanOverSeeds(
  { truth, predicted, seeds, seedCount, classes }: StackedAnswers,
  rows: Int32Array,
  score: (scores: ClassificationScores) => number,
): number {
  const confusions = Array.from({ length: seedCount }, () =>
    Array.from({ length: classes }, () => Array.from({ length: classes }, () => 0)),
  );
  for (const row of rows) {
    const counts = confusions[seeds[row] as number]?.[truth[row] as number] as number[];
    counts[predicted[row] as number] = (counts[predicted[row] as number] as number) + 1;
  }
  // A draw of a small set can miss a seed.
  const drawn = confusions.filter((confusion) => confusion.flat().some((count) => count > 0));
  const scores = drawn.map((confusion) => score(scoreConfusion(confusion)));
  return scores.reduce((sum, own) => sum + own, 0) / scores.length;
}

function scoresOf({ evaluation }: EvaluatedCell): ClassificationScores {
  return scoreConfusion(evaluation.classification.confusion);
}

function rightAnswers({ evaluation }: EvaluatedCell): boolean[] {
  return evaluation.images.map(({ label, predicted }) => label === predicted);
}

/** Holm 1979, over the losses that are compared with one backbone's cross-entropy. */
function adjust(row: GridRow, rows: readonly GridRow[]): GridRow {
  if (row.comparison === null) return row;
  const { comparison } = row;
  const family = rows.filter(({ backbone }) => backbone === row.backbone);
  const adjusted = (name: 'accuracy' | 'balancedAccuracy'): PairedDifference => ({
    ...comparison[name],
    adjustedPValue: holm(
      comparison[name].pValue,
      family.flatMap((other) => (other.comparison === null ? [] : [other.comparison[name].pValue])),
    ),
  });
  return {
    ...row,
    comparison: {
      ...comparison,
      accuracy: adjusted('accuracy'),
      balancedAccuracy: adjusted('balancedAccuracy'),
    },
  };
}

/** Of one p-value among its family: the largest of the step-down products up to it, at most 1. */
export function holm(pValue: number, family: readonly number[]): number {
  const sorted = [...family].sort((a, b) => a - b);
  return sorted
    .filter((own) => own <= pValue)
    .reduce((most, own, rank) => Math.max(most, Math.min(1, own * (sorted.length - rank))), 0);
}
