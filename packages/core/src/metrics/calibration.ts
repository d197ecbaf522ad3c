import { IsometryError } from '../errors.ts';
import { assertImages, assertProbabilities } from './assert-metric-input.ts';
import { quantile } from './quantile.ts';

/** The images whose confidence, the largest probability, is above `low` and at most `high`. */
export interface CalibrationBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  /** Mean confidence; 0 in an empty bin. */
  readonly confidence: number;
  /** Share that is right; 0 in an empty bin. */
  readonly accuracy: number;
}

export interface CalibrationOptions {
  /** @defaultValue 15, as in Guo et al. 2017 */
  readonly bins?: number | undefined;
}

/**
 * Bins of equal width for a reliability diagram; 0 is in the first. Edges are NumPy's `linspace(0, 1, bins + 1)`.
 * @param probabilities `[N, classes]`, row-major
 * @throws `OPTION_INVALID` when a probability is none
 */
export function calibrationBins(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
  { bins = 15 }: CalibrationOptions = {},
): readonly CalibrationBin[] {
  assertBins(bins);
  assertProbabilities(probabilities, truth, classes);
  return fillBins(linspace(bins), readAnswers(probabilities, truth, classes));
}

/**
 * Expected calibration error: how far confidence is from accuracy, averaged over the images by bins of equal width
 * (Naeini et al. 2015, Guo et al. 2017).
 * @throws `OPTION_INVALID` when a probability is none, or there is no image
 */
export function expectedCalibrationError(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
  options: CalibrationOptions = {},
): number {
  assertImages('The calibration error', truth.length);
  return meanGap(calibrationBins(probabilities, truth, classes, options));
}

/**
 * The same over bins with equally many images: their edges are quantiles of the confidence, as in scikit-learn's
 * `calibration_curve(strategy='quantile')`. Equal confidences are never parted, so the images' order is no matter.
 * @throws `OPTION_INVALID` when a probability is none, or there is no image
 */
export function adaptiveCalibrationError(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
  { bins = 15 }: CalibrationOptions = {},
): number {
  assertBins(bins);
  assertImages('The calibration error', truth.length);
  assertProbabilities(probabilities, truth, classes);
  const answers = readAnswers(probabilities, truth, classes);
  const sorted = answers.confidence.slice().sort();
  // By way of percentages, as scikit-learn goes: it can cost a bit, and an image on an edge its bin.
  const edges = linspace(bins).map((share) => quantile(sorted, (share * 100) / 100));
  return meanGap(fillBins(edges, answers));
}

interface Answers {
  readonly confidence: Float64Array;
  readonly isRight: readonly boolean[];
}

/** The first of equal probabilities wins, as in `topK`. */
function readAnswers(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
): Answers {
  const confidence = new Float64Array(truth.length);
  const isRight = Array.from(truth, (label, row) => {
    let best = row * classes;
    for (let index = best + 1; index < (row + 1) * classes; index += 1) {
      if ((probabilities[index] as number) > (probabilities[best] as number)) best = index;
    }
    confidence[row] = probabilities[best] as number;
    return best - row * classes === label;
  });
  return { confidence, isRight };
}

/** @param edges ascending; the outer two bound nothing, they are there to be shown */
function fillBins(edges: readonly number[], { confidence, isRight }: Answers): CalibrationBin[] {
  const bins = edges.slice(1).map((high, index) => ({
    low: edges[index] as number,
    high,
    count: 0,
    confidence: 0,
    right: 0,
  }));
  for (const [row, value] of confidence.entries()) {
    const inner = bins.findIndex(({ high }) => value <= high);
    const bin = bins.at(inner) as (typeof bins)[0];
    bin.count += 1;
    bin.confidence += value;
    bin.right += Number(isRight[row]);
  }
  return bins.map(({ low, high, count, confidence: sum, right }) => ({
    low,
    high,
    count,
    confidence: count === 0 ? 0 : sum / count,
    accuracy: count === 0 ? 0 : right / count,
  }));
}

function meanGap(bins: readonly CalibrationBin[]): number {
  const images = bins.reduce((sum, { count }) => sum + count, 0);
  return bins.reduce(
    (sum, { count, confidence, accuracy }) =>
      sum + (count / images) * Math.abs(accuracy - confidence),
    0,
  );
}

/** NumPy multiplies by the step: 3 / 15 is not 3 * (1 / 15) to the bit. */
function linspace(bins: number): readonly number[] {
  return Array.from({ length: bins + 1 }, (_, edge) => (edge === bins ? 1 : edge * (1 / bins)));
}

function assertBins(bins: number): void {
  if (Number.isInteger(bins) && bins > 0) return;
  throw new IsometryError('OPTION_INVALID', `bins must be a positive integer, not ${bins}.`, {
    details: { bins: String(bins) },
  });
}
