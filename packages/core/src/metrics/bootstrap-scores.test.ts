import { describe, expect, it } from 'vitest';
import { wilsonInterval } from '../interval.ts';
import { createRandom } from '../random.ts';
import { bootstrapInterval } from './bootstrap.ts';
import { bootstrapScores, type ScoreIntervals } from './bootstrap-scores.ts';
import { scoreConfusion, type ClassificationScores } from './classification-scores.ts';
import { confusionMatrix } from './confusion-matrix.ts';
import type { BootstrapOptions } from './resample.ts';
import { runSteps } from './steps.ts';

const COUNT = 90;
const random = createRandom(3, 'test');
// Class 3 occurs in predictions alone, class 4 nowhere.
const TRUTH = Array.from({ length: COUNT }, () => Math.floor(3 * random.next()));
const PREDICTED = TRUTH.map((own) => (random.next() < 0.7 ? own : Math.floor(4 * random.next())));
const CLUSTERS = TRUTH.map(() => Math.floor(25 * random.next()));

function bootstrap(
  truth: readonly number[],
  predicted: readonly number[],
  options?: BootstrapOptions,
): ScoreIntervals {
  return runSteps(bootstrapScores(truth, predicted, 5, options));
}

describe('bootstrapScores', () => {
  it.each<BootstrapOptions>([{}, { clusters: CLUSTERS, seed: 4 }, { resamples: 300 }])(
    'has the bits of one bootstrap for every score: %o',
    (options) => {
      const one = (statistic: (scores: ClassificationScores) => number): unknown =>
        bootstrapInterval(
          COUNT,
          (rows) => {
            const drawn = (values: readonly number[]): number[] =>
              Array.from(rows, (row) => values[row] as number);
            return statistic(scoreConfusion(confusionMatrix(drawn(TRUTH), drawn(PREDICTED), 5)));
          },
          options,
        );
      const all = bootstrap(TRUTH, PREDICTED, options);
      expect(all.accuracy).toEqual(one(({ accuracy }) => accuracy));
      expect(all.balancedAccuracy).toEqual(one(({ balancedAccuracy }) => balancedAccuracy));
      expect(all.macroF1).toEqual(one(({ macro }) => macro.f1));
      for (const label of [0, 1, 2]) {
        expect(all.recalls[label]).toEqual(one(({ classes }) => classes[label]?.recall ?? NaN));
      }
      expect(all.recalls.slice(3)).toEqual([null, null]);
    },
  );

  it('leaves out the draws that a class is absent from', () => {
    // Class 1 is in two of six clusters: right in one, wrong in the other; (2 / 3)^6 of the draws lack both.
    const truth = [0, 0, 0, 0, 1, 1];
    const { recalls } = bootstrap(truth, [0, 0, 1, 0, 1, 0], { clusters: [0, 1, 2, 3, 4, 5] });
    expect(recalls[1]).toMatchObject({ value: 0.5, low: 0, high: 1, method: 'cluster bootstrap' });
    const { recalls: mostly } = bootstrap(
      [0, ...Array.from({ length: 20 }, () => 1)],
      [0, ...Array.from({ length: 20 }, (_, row) => Number(row > 1))],
    );
    // An absent draw counted as 0 would be more than one in forty.
    expect(mostly[1]?.low).toBeGreaterThan(0.6);
    expect(mostly[0]).not.toBeNull();
  });

  it.each([
    ['one cluster', [1, 0, 1, 1], [7, 7, 7, 7], 0.75, 1],
    ['all right', [1, 1, 1, 1], [7, 7, 8, 9], 1, 3],
    ['all wrong', [0, 0, 0, 0], [7, 8, 8, 9], 0, 3],
  ])('does not take a recall for certain: %s', (_, own, clusters, value, independent) => {
    const { recalls } = bootstrap([1, 1, 1, 1, 0, 0], [...own, 0, 1], {
      clusters: [...clusters, 1, 2],
    });
    expect(recalls[1]).toEqual(wilsonInterval(value * independent, independent));
    const { low, high } = recalls[1] ?? { low: 0, high: 0 };
    expect(high - low).toBeGreaterThan(0.5);
  });

  it('yields after every draw, so that the caller can stop', () => {
    const steps = bootstrapScores(TRUTH, PREDICTED, 5, { resamples: 3 });
    expect([steps.next().value, steps.next().value, steps.next().value]).toEqual([1, 2, 3]);
    expect(steps.next().done).toBe(true);
  });

  it.each([
    ['no images', [], [], 'A bootstrap of no images does not exist.'],
    ['a class that is none', [5], [0], 'The true class of row 0 is 5'],
    ['a prediction that is none', [0], [-1], 'The predicted class of row 0 is -1'],
    ['other images', [0, 1], [0], 'Predictions: 1 values for 2 images.'],
  ])('refuses %s', (_, truth, predicted, message) => {
    expect(() => bootstrap(truth, predicted)).toThrowError(message);
  });
});
