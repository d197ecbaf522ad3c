import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  adaptiveCalibrationError,
  bootstrapInterval,
  brierScore,
  calibrationBins,
  confusionMatrix,
  expectedCalibrationError,
  mcnemar,
  negativeLogLikelihood,
  normaliseRows,
  rocAucOneVsRest,
  rocCurve,
  scoreConfusion,
  wilsonInterval,
} from '@isometry/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { judgesPython, NO_JUDGES, runJudge } from '../judges.ts';
import { drawClassificationCases, type ClassificationCase } from './draw-classification.ts';
import { createWorstErrors } from './relative-error.ts';

const SCRIPT = join(import.meta.dirname, 'judge_classification.py');
const CASES = 240;

// In units of 2^-52, relative to 1 or to a larger value. They add up in another order than we do.
/** Measured 1 at most. */
const MEAN_TOLERANCE = 4;
/** Measured 1 at most: theirs rounds at every step of the curve, ours once. */
const AREA_TOLERANCE = 4;
/** Measured 0.5 at most. */
const CALIBRATION_TOLERANCE = 4;
/** Measured 2.6 at most: logarithms differ in their last bit. */
const PROBABILITY_TOLERANCE = 8;
/** Measured 15 at most, of p-values relative to themselves: SciPy's error, ours are counted in whole numbers. */
const TEST_TOLERANCE = 32;

/** Precision, recall, F1. */
type Means = readonly [number, number, number];

/** What scikit-learn says of a case. */
interface Verdict {
  readonly confusion: number[][];
  readonly shares: number[][];
  readonly precision: number[];
  readonly recall: number[];
  readonly f1: number[];
  readonly support: number[];
  readonly accuracy: number;
  readonly balancedAccuracy: number;
  readonly macro: Means;
  readonly weighted: Means;
  readonly roc: {
    readonly curves: ([number[], number[], number[]] | null)[];
    readonly areas: (number | null)[];
    readonly macro: number | null;
    readonly weighted: number | null;
  };
  readonly calibration: {
    readonly edges: number[];
    readonly counts: number[];
    readonly accuracy: number[];
    readonly confidence: number[];
    readonly ece: number;
    readonly adaptiveEce: number;
  };
  readonly brier: number;
  readonly nll: number;
  readonly nll32: number;
  readonly wilson: [number, number];
  readonly mcnemar: [number, number, number];
  readonly percentiles: [number, number];
}

const cases = drawClassificationCases(CASES);
let verdicts: readonly Verdict[] = [];
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-metrics-'));
  if (judgesPython() === undefined) return;
  const file = join(folder, 'cases.json');
  await writeFile(
    file,
    JSON.stringify(cases.map((one) => ({ ...one, draws: recordDraws(one).draws }))),
  );
  verdicts = JSON.parse(await runJudge(SCRIPT, [file])) as Verdict[];
});
afterAll(() => rm(folder, { recursive: true }));

/** What a bootstrap of the accuracy drew, and the interval that it made of it. */
function recordDraws({ truth, predicted }: ClassificationCase): {
  readonly draws: readonly number[];
  readonly low: number;
  readonly high: number;
} {
  const draws: number[] = [];
  const { low, high } = bootstrapInterval(
    truth.length,
    (rows) => {
      draws.push(rows.filter((row) => truth[row] === predicted[row]).length / rows.length);
      return draws.at(-1) as number;
    },
    { resamples: 50 },
  );
  // The first is of the images themselves.
  return { draws: draws.slice(1), low, high };
}

/** Every case with what the judge says of it. */
function judged(): readonly (ClassificationCase & { readonly verdict: Verdict })[] {
  return verdicts.map((verdict, index) => ({ ...(cases[index] as ClassificationCase), verdict }));
}

describe('scikit-learn agrees', () => {
  it('on cases that are worth asking about', () => {
    const absent = cases.filter(({ truth, classes }) => new Set(truth).size < classes);
    expect(absent.length).toBeGreaterThan(CASES / 4);
    expect(cases.filter(({ truth }) => new Set(truth).size === 1).length).toBeGreaterThan(5);
    const constant = cases.filter(({ predicted }) => new Set(predicted).size === 1);
    expect(constant.length).toBeGreaterThan(10);
    const certain = cases.filter(({ probabilities }) => probabilities.includes(1));
    expect(certain.length).toBeGreaterThan(20);
  });

  it('on confusion, precision, recall, F1 and accuracy, to the bit', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const ours = cases.map(({ truth, predicted, classes }) => {
      const confusion = confusionMatrix(truth, predicted, classes);
      const scores = scoreConfusion(confusion);
      return {
        confusion,
        shares: normaliseRows(confusion),
        precision: scores.classes.map(({ precision }) => precision),
        recall: scores.classes.map(({ recall }) => recall),
        f1: scores.classes.map(({ f1 }) => f1),
        support: scores.classes.map(({ support }) => support),
        accuracy: scores.accuracy,
      };
    });
    expect(verdicts).toMatchObject(ours);
  });

  it('on the means over classes', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const worst = createWorstErrors();
    for (const { truth, predicted, classes, verdict } of judged()) {
      const scores = scoreConfusion(confusionMatrix(truth, predicted, classes));
      worst.note('balanced accuracy', scores.balancedAccuracy, verdict.balancedAccuracy);
      for (const kind of ['macro', 'weighted'] as const) {
        worst.note(`${kind} precision`, scores[kind].precision, verdict[kind][0]);
        worst.note(`${kind} recall`, scores[kind].recall, verdict[kind][1]);
        worst.note(`${kind} F1`, scores[kind].f1, verdict[kind][2]);
      }
    }
    expect(worst.above(MEAN_TOLERANCE)).toEqual([]);
  });

  it('on ROC curves, to the bit', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const ours = judged().map(({ truth, probabilities, classes, verdict: { roc } }) =>
      roc.curves.map((theirs, label) => {
        const scores = truth.map((_, row) => probabilities[row * classes + label] as number);
        const isPositive = truth.map((own) => own === label);
        if (theirs === null) return null;
        const curve = rocCurve(scores, isPositive);
        return [curve.falsePositiveRate, curve.truePositiveRate, curve.thresholds.slice(1)];
      }),
    );
    expect(ours).toEqual(verdicts.map(({ roc }) => roc.curves));
  });

  it('on the areas under them', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const worst = createWorstErrors();
    for (const { truth, probabilities, classes, verdict } of judged()) {
      const areas = rocAucOneVsRest(probabilities, truth, classes);
      for (const [label, area] of areas.classes.entries()) {
        worst.note('area', area, verdict.roc.areas[label] ?? null);
      }
      worst.note('macro', areas.macro, verdict.roc.macro);
      worst.note('weighted', areas.weighted, verdict.roc.weighted);
    }
    expect(worst.above(AREA_TOLERANCE)).toEqual([]);
  });

  it("on the bins of calibration, to the bit but for confidence's means", ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const worst = createWorstErrors();
    const ours = judged().map(({ truth, probabilities, classes, bins, verdict }) => {
      const own = calibrationBins(probabilities, truth, classes, { bins });
      const filled = own.filter(({ count }) => count > 0);
      for (const [index, { confidence }] of filled.entries()) {
        worst.note('confidence', confidence, verdict.calibration.confidence[index] ?? null);
      }
      return {
        edges: [own[0]?.low, ...own.map(({ high }) => high)],
        counts: own.map(({ count }) => count),
        accuracy: filled.map(({ accuracy }) => accuracy),
      };
    });
    expect(ours).toEqual(
      verdicts.map(({ calibration: { edges, counts, accuracy } }) => ({ edges, counts, accuracy })),
    );
    expect(worst.above(CALIBRATION_TOLERANCE)).toEqual([]);
  });

  it('on the errors of calibration', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const worst = createWorstErrors();
    for (const { truth, probabilities, classes, bins, verdict } of judged()) {
      const ece = expectedCalibrationError(probabilities, truth, classes, { bins });
      worst.note('ECE', ece, verdict.calibration.ece);
      const adaptive = adaptiveCalibrationError(probabilities, truth, classes, { bins });
      worst.note('adaptive ECE', adaptive, verdict.calibration.adaptiveEce);
    }
    expect(worst.above(CALIBRATION_TOLERANCE)).toEqual([]);
  });

  it('on the Brier score and the likelihood', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const worst = createWorstErrors();
    for (const { truth, probabilities, classes, verdict } of judged()) {
      worst.note('Brier', brierScore(probabilities, truth, classes), verdict.brier);
      worst.note('NLL', negativeLogLikelihood(probabilities, truth, classes), verdict.nll);
      const singles = Float32Array.from(probabilities);
      worst.note('NLL of float32', negativeLogLikelihood(singles, truth, classes), verdict.nll32);
    }
    expect(worst.above(PROBABILITY_TOLERANCE)).toEqual([]);
  });
});

describe('SciPy and NumPy agree', () => {
  it("on McNemar's test and on Wilson's interval", ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const worst = createWorstErrors();
    for (const { truth, predicted, other, verdict } of judged()) {
      const right = predicted.map((own, row) => own === truth[row]);
      const otherRight = other.map((own, row) => own === truth[row]);
      const { onlyA, onlyB, pValue } = mcnemar(right, otherRight);
      worst.note('only A', onlyA, verdict.mcnemar[0]);
      worst.note('only B', onlyB, verdict.mcnemar[1]);
      // Relative: a p-value can be very small.
      worst.note('p-value', pValue / verdict.mcnemar[2], 1);
      const wilson = wilsonInterval(right.filter(Boolean).length, right.length);
      worst.note('Wilson', wilson.low, verdict.wilson[0]);
      worst.note('Wilson', wilson.high, verdict.wilson[1]);
    }
    expect(worst.above(TEST_TOLERANCE)).toEqual([]);
  });

  it('on the percentiles of a bootstrap, to the bit', ({ skip }) => {
    skip(judgesPython() === undefined, NO_JUDGES);
    const ours = cases.map((one) => {
      const { low, high } = recordDraws(one);
      return [low, high];
    });
    expect(ours).toEqual(verdicts.map(({ percentiles }) => percentiles));
  });
});
