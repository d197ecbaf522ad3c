import {
  bootstrapInterval,
  confusionMatrix,
  createRandom,
  mcnemar,
  pairedBootstrap,
  scoreConfusion,
  type ClassificationScores,
} from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { evaluationOf } from '../evaluation/evaluation.case.ts';
import type { EvaluatedCell } from './assert-cells.ts';
import { compareLosses } from './compare-losses.ts';
import { holm } from './holm.ts';
import type { GridRow } from './reproduction.ts';
import { intervalOverSeeds } from './student-t.ts';

const LABELS = ['corn', 'wart'];

/** A cell whose answers are right with a probability, on images in groups of two that depend on the seed alone. */
function cell(loss: string, seed: number, rightShare: number, images = 120): EvaluatedCell {
  const random = createRandom(seed, `answers of ${loss}`);
  const answers = Array.from({ length: images }, (_, row) => {
    const truth = row % 2;
    const predicted = random.next() < rightShare ? truth : 1 - truth;
    return {
      file: `${seed}/${row}.jpg`,
      label: LABELS[truth] as string,
      predicted: LABELS[predicted] as string,
      probabilities: [1 - predicted, predicted],
      group: `${seed}-${row >> 1}`,
    };
  });
  return {
    backbone: 'mobilenet',
    loss,
    seed,
    evaluation: evaluationOf(answers, LABELS, createRandom(seed, 'embeddings')),
  };
}

const rowOf = (rows: readonly GridRow[], loss: string): GridRow =>
  rows.find((row) => row.loss === loss) as GridRow;
const shareRight = ({ evaluation }: EvaluatedCell): number =>
  evaluation.images.filter(({ label, predicted }) => label === predicted).length /
  evaluation.images.length;

describe('compareLosses', () => {
  const cells = [1, 2, 3].flatMap((seed) => [
    cell('cross-entropy', seed, 0.6),
    cell('triplet', seed, 0.9),
    cell('contrastive', seed, 0.6),
  ]);
  const rows = compareLosses(cells);

  it('gives the mean over the seeds with an interval around it', () => {
    const { scores, seeds, bySeed } = rowOf(rows, 'triplet');
    const own = cells.filter(({ loss }) => loss === 'triplet').map(shareRight);
    expect(seeds).toEqual([1, 2, 3]);
    expect(bySeed.map(({ accuracy }) => accuracy)).toEqual(own);
    expect(scores.accuracy.value).toBeCloseTo((own[0]! + own[1]! + own[2]!) / 3, 12);
    expect(scores.accuracy.low).toBeLessThan(scores.accuracy.value);
    expect(scores.accuracy.high).toBeGreaterThan(scores.accuracy.value);
    expect(scores.accuracy.method).toBe('cluster bootstrap');
    // Support-weighted recall is accuracy: so it is in the paper's table.
    expect(scores.recall.value).toBeCloseTo(scores.accuracy.value, 12);
  });

  it('finds a loss that is better, and none in one that is not', () => {
    const better = rowOf(rows, 'triplet').comparison;
    expect(better?.seeds).toEqual([1, 2, 3]);
    expect(better?.accuracy.difference.low).toBeGreaterThan(0.1);
    expect(better?.accuracy.adjustedPValue).toBeLessThan(0.01);
    const same = rowOf(rows, 'contrastive').comparison;
    expect(same?.accuracy.difference.low).toBeLessThan(0);
    expect(same?.accuracy.difference.high).toBeGreaterThan(0);
    expect(same?.accuracy.adjustedPValue).toBeGreaterThan(0.05);
    expect(rowOf(rows, 'cross-entropy').comparison).toBeNull();
  });

  it('has the intervals of one bootstrap for each score', () => {
    const ofLoss = (loss: string) => cells.filter((own) => own.loss === loss);
    const images = ofLoss('triplet').flatMap(({ seed, evaluation }) =>
      evaluation.images.map((image) => ({ ...image, seed })),
    );
    const groups = [...new Set(images.map(({ group }) => group))];
    const clusters = images.map(({ group }) => groups.indexOf(group));
    const meanOver = (loss: string, score: (scores: ClassificationScores) => number) => {
      const answers = ofLoss(loss).flatMap(({ evaluation }) => evaluation.images);
      const index = (label: string): number => LABELS.indexOf(label);
      return (drawn: Int32Array): number => {
        const scores = [1, 2, 3].map((seed) => {
          const own = [...drawn]
            .filter((at) => images[at]?.seed === seed)
            .map((at) => answers[at]!);
          const truth = own.map(({ label }) => index(label));
          const predicted = own.map((answer) => index(answer.predicted));
          return score(scoreConfusion(confusionMatrix(truth, predicted, 2)));
        });
        return scores.reduce((sum, own) => sum + own, 0) / 3;
      };
    };
    const { scores, comparison } = rowOf(rows, 'triplet');
    for (const [name, score] of [
      ['precision', (found: ClassificationScores) => found.weighted.precision],
      ['macroF1', (found: ClassificationScores) => found.macro.f1],
    ] as const) {
      expect(scores[name]).toEqual(
        bootstrapInterval(images.length, meanOver('triplet', score), { clusters }),
      );
    }
    const balanced = (found: ClassificationScores) => found.balancedAccuracy;
    expect(comparison?.balancedAccuracy).toMatchObject(
      pairedBootstrap(
        images.length,
        meanOver('triplet', balanced),
        meanOver('cross-entropy', balanced),
        { clusters },
      ),
    );
  });

  it('has an interval over the seeds, which is of their own differences', () => {
    const { comparison } = rowOf(rows, 'contrastive');
    const own = comparison?.bySeed.map(({ accuracy }) => accuracy) ?? [];
    expect(comparison?.accuracy.overSeeds).toEqual(intervalOverSeeds(own));
    expect(comparison?.accuracy.overSeeds?.value).toBeCloseTo(
      comparison?.accuracy.difference.value as number,
      12,
    );
  });

  it('tests seed by seed with McNemar on the same images', () => {
    const right = (loss: string, seed: number): boolean[] => {
      const found = cells.find((own) => own.loss === loss && own.seed === seed) as EvaluatedCell;
      return found.evaluation.images.map(({ label, predicted }) => label === predicted);
    };
    for (const one of rowOf(rows, 'triplet').comparison?.bySeed ?? []) {
      const { onlyA, onlyB, pValue } = mcnemar(
        right('triplet', one.seed),
        right('cross-entropy', one.seed),
      );
      expect(one).toMatchObject({ onlyThis: onlyA, onlyCrossEntropy: onlyB, pValue });
      expect(one.accuracy).toBeCloseTo((onlyA - onlyB) / 120, 12);
    }
  });

  it('adjusts by the losses of the same backbone', () => {
    const { comparison } = rowOf(rows, 'triplet');
    const family = [comparison, rowOf(rows, 'contrastive').comparison].map(
      (own) => own?.accuracy.pValue as number,
    );
    expect(comparison?.accuracy.adjustedPValue).toBe(
      holm(comparison?.accuracy.pValue as number, family),
    );
    expect(comparison?.accuracy.adjustedPValue).toBe(2 * (comparison?.accuracy.pValue as number));
  });

  it('sums the confusion over the seeds, and has the paper’s values beside its own', () => {
    const { confusion, paper } = rowOf(rows, 'triplet');
    expect(confusion.flat().reduce((a, b) => a + b, 0)).toBe(360);
    expect(paper?.accuracy).toBe(95.02);
  });
});

it('compares the seeds that both have, and nothing where cross-entropy is missing', () => {
  const rows = compareLosses([
    cell('cross-entropy', 2, 0.7),
    cell('triplet', 1, 0.7),
    cell('triplet', 2, 0.7),
  ]);
  expect(rowOf(rows, 'triplet').seeds).toEqual([1, 2]);
  expect(rowOf(rows, 'triplet').comparison?.seeds).toEqual([2]);
  expect(rowOf(rows, 'triplet').comparison?.accuracy.overSeeds).toBeNull();
  expect(compareLosses([cell('triplet', 1, 0.7)])[0]?.comparison).toBeNull();
  expect(compareLosses([])).toEqual([]);
});

it('finds no difference between answers that are equal', () => {
  const one = cell('cross-entropy', 1, 0.7);
  const { comparison } = rowOf(compareLosses([one, { ...one, loss: 'triplet' }]), 'triplet');
  expect(comparison?.accuracy).toMatchObject({
    difference: { value: 0, low: 0, high: 0 },
    pValue: 1,
    adjustedPValue: 1,
  });
});

it('takes a test set of two images, whose draws can miss a seed', () => {
  const rows = compareLosses([1, 2].map((seed) => cell('cross-entropy', seed, 0.5, 2)));
  expect(rows[0]?.scores.accuracy.value).toBeGreaterThanOrEqual(0);
});

it('refuses cells of one seed that were tested on different images', () => {
  const other = { ...cell('triplet', 2, 0.7), seed: 1 };
  expect(() => compareLosses([cell('cross-entropy', 1, 0.7), other])).toThrow(
    expect.objectContaining({ code: 'REPORT_INVALID' }),
  );
});

it('refuses cells of other labels, or of the same labels in another order', () => {
  const own = cell('cross-entropy', 1, 0.7);
  const labelled = (labels: readonly string[]): EvaluatedCell => ({
    ...cell('triplet', 2, 0.7),
    evaluation: { ...own.evaluation, model: { ...own.evaluation.model, labels } },
  });
  for (const labels of [['corn', 'mole'], ['wart', 'corn'], ['corn']]) {
    expect(() => compareLosses([own, labelled(labels)])).toThrow(
      expect.objectContaining({
        code: 'REPORT_INVALID',
        message: `mobilenet with triplet, seed 2 has the labels ${labels.join(', ')}, and mobilenet with cross-entropy, seed 1 has corn, wart.`,
      }),
    );
  }
});

it('refuses an answer that is none of the labels', () => {
  const own = cell('cross-entropy', 1, 0.7);
  const [first, ...others] = own.evaluation.images;
  for (const change of [{ label: 'mole' }, { predicted: 'mole' }]) {
    const images = [{ ...first!, ...change }, ...others];
    expect(() => compareLosses([{ ...own, evaluation: { ...own.evaluation, images } }])).toThrow(
      expect.objectContaining({
        code: 'REPORT_INVALID',
        message: 'An image has the label “mole”, which the model does not know: corn, wart.',
      }),
    );
  }
});

it('refuses a cell that comes twice', () => {
  const own = cell('triplet', 3, 0.7);
  expect(() => compareLosses([own, cell('triplet', 2, 0.7), own])).toThrow(
    expect.objectContaining({
      code: 'REPORT_INVALID',
      message: 'mobilenet with triplet, seed 3 comes twice.',
    }),
  );
});

it('Holm multiplies the smallest by the size of the family, the next by one less, and never falls', () => {
  // 0.01 * 3, 0.02 * 2, and 0.03 * 1, which is not less than the one before.
  const family = [0.03, 0.01, 0.02];
  expect(family.map((p) => holm(p, family))).toEqual([0.04, 0.03, 0.04]);
  expect(holm(0.7, [0.7, 0.9])).toBe(1);
  expect(holm(0.2, [0.2])).toBe(0.2);
});
