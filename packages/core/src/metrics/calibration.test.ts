import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import {
  adaptiveCalibrationError,
  calibrationBins,
  expectedCalibrationError,
} from './calibration.ts';

/** Two classes: the first one's probability, and whether it is right. */
const CONFIDENCES = [0.6, 0.75, 0.75, 1, 0.9];
const PROBABILITIES = CONFIDENCES.flatMap((value) => [value, 1 - value]);
const TRUTH = [1, 0, 0, 0, 1];

describe('calibrationBins', () => {
  it('puts what lies on an edge below it', () => {
    expect(calibrationBins(PROBABILITIES, TRUTH, 2, { bins: 4 })).toEqual([
      { low: 0, high: 0.25, count: 0, confidence: 0, accuracy: 0 },
      { low: 0.25, high: 0.5, count: 0, confidence: 0, accuracy: 0 },
      { low: 0.5, high: 0.75, count: 3, confidence: 2.1 / 3, accuracy: 2 / 3 },
      { low: 0.75, high: 1, count: 2, confidence: 0.95, accuracy: 1 / 2 },
    ]);
  });

  it('takes the first of equally probable classes', () => {
    const [, , half] = calibrationBins([0.5, 0.5, 0.5, 0.5], [0, 0], 2, { bins: 5 });
    expect(half).toMatchObject({ count: 2, confidence: 0.5, accuracy: 1 });
  });

  it('is empty without images', () => {
    const bins = calibrationBins([], [], 3);
    expect(bins).toHaveLength(15);
    expect(bins.every(({ count }) => count === 0)).toBe(true);
  });
});

describe('the calibration errors', () => {
  it('agree with pencil and paper', () => {
    const expected = (3 / 5) * (0.7 - 2 / 3) + (2 / 5) * (0.95 - 1 / 2);
    expect(expectedCalibrationError(PROBABILITIES, TRUTH, 2, { bins: 4 })).toBeCloseTo(
      expected,
      14,
    );
    // The median is 0.75: three at or below it, two above.
    expect(adaptiveCalibrationError(PROBABILITIES, TRUTH, 2, { bins: 2 })).toBeCloseTo(
      expected,
      14,
    );
  });

  it('are 0 for who is as often right as sure, and 1 for who is surely wrong', () => {
    const sure = [1, 0, 1, 0, 1, 0];
    for (const measure of [expectedCalibrationError, adaptiveCalibrationError]) {
      expect(measure(sure, [0, 0, 0], 2)).toBe(0);
      expect(measure(sure, [1, 1, 1], 2)).toBe(1);
    }
  });

  it('do not go by the order of the images, also of tied ones', () => {
    const random = createRandom(4, 'test');
    const images = Array.from({ length: 60 }, () => ({
      first: 0.5 + Math.floor(random.next() * 5) / 10,
      label: Math.floor(random.next() * 2),
    }));
    const measure = (all: typeof images): number =>
      adaptiveCalibrationError(
        all.flatMap(({ first }) => [first, 1 - first]),
        all.map(({ label }) => label),
        2,
      );
    expect(measure(random.shuffled(images))).toBeCloseTo(measure(images), 14);
  });

  it.each([
    [[0.5, 0.5, NaN, 0.5], [0, 0], 'Row 1 holds the probability NaN.'],
    [[0.5, 0.5, 1.5, -0.5], [0, 0], 'Row 1 holds the probability 1.5.'],
    [[0.5, 0.5], [2], 'The true class of row 0 is 2; it must be a class, 0 to 1.'],
    [[0.5, 0.5, 0.5], [0], 'Probabilities: 3 values for 2 images.'],
    [[], [], 'The calibration error of no images does not exist.'],
  ])('refuse %j of %j', (probabilities, truth, message) => {
    for (const measure of [expectedCalibrationError, adaptiveCalibrationError]) {
      expect(() => measure(probabilities, truth, 2)).toThrowError(
        expect.objectContaining({ code: 'OPTION_INVALID', message }) as Error,
      );
    }
  });

  it('need bins', () => {
    expect(() => expectedCalibrationError([0.5, 0.5], [0], 2, { bins: 0 })).toThrowError(
      'bins must be a positive integer, not 0.',
    );
  });
});
