import { describe, expect, it } from 'vitest';
import { createRandom } from '../random.ts';
import { mcnemar, pairedBootstrap } from './compare-paired.ts';

/** Models that alone have `onlyA` and `onlyB` images right, and `both` together. */
function rightOf(onlyA: number, onlyB: number, both: number): [boolean[], boolean[]] {
  const run = (length: number, isRight: boolean): boolean[] =>
    Array.from({ length }, () => isRight);
  return [
    [...run(onlyA, true), ...run(onlyB, false), ...run(both, true)],
    [...run(onlyA, false), ...run(onlyB, true), ...run(both, true)],
  ];
}

describe('mcnemar', () => {
  it.each([
    // 2 * (1 + 12 + 66) / 2^12.
    [10, 2, (2 * 79) / 4096],
    [2, 10, (2 * 79) / 4096],
    [1, 0, 1],
    [5, 0, 2 / 32],
    [6, 0, 2 / 64],
    [0, 0, 1],
    [7, 7, 1],
    // Twice the half of it and the middle term.
    [8, 7, 1],
  ])('of %d against %d has p = %d', (onlyA, onlyB, pValue) => {
    const [rightA, rightB] = rightOf(onlyA, onlyB, 30);
    expect(mcnemar(rightA, rightB)).toEqual({ onlyA, onlyB, pValue });
  });

  it('neither over- nor underflows', () => {
    const [rightA, rightB] = rightOf(2600, 2400, 0);
    // Python's fractions say so; the normal approximation with continuity correction is 0.00489.
    expect(mcnemar(rightA, rightB).pValue).toBe(0.004883649737517518);
    const [all, none] = rightOf(5000, 0, 0);
    expect(mcnemar(all, none).pValue).toBe(0);
  });

  it('compares the same images', () => {
    expect(() => mcnemar([true], [true, false])).toThrowError(
      expect.objectContaining({ code: 'OPTION_INVALID' }) as Error,
    );
    expect(mcnemar([], [])).toEqual({ onlyA: 0, onlyB: 0, pValue: 1 });
  });
});

describe('pairedBootstrap', () => {
  const random = createRandom(8, 'test');
  const hard = Array.from({ length: 300 }, () => random.next() < 0.3);
  const slip = Array.from({ length: 300 }, () => random.next());
  const accuracy =
    (right: readonly boolean[]) =>
    (rows: Int32Array): number =>
      rows.filter((row) => right[row]).length / rows.length;
  const model = (slips: number, from = 0): boolean[] =>
    hard.map((isHard, row) => !isHard && !(slip[row]! >= from && slip[row]! < from + slips));

  it('sees no difference between a model and itself', () => {
    const own = accuracy(model(0.05));
    expect(pairedBootstrap(300, own, own)).toEqual({
      difference: { value: 0, low: 0, high: 0, level: 0.95, method: 'bootstrap' },
      pValue: 1,
    });
  });

  it('sees a small difference on images that are as hard for both', () => {
    const [good, worse] = [model(0), model(0.06)];
    const { difference, pValue } = pairedBootstrap(300, accuracy(good), accuracy(worse));
    const lost = worse.filter((isRight, row) => good[row] && !isRight).length;
    expect(lost).toBeGreaterThan(5);
    expect(difference.value).toBeCloseTo(lost / 300, 12);
    expect(difference.low).toBeGreaterThan(0);
    expect(pValue).toBeLessThan(0.01);
    const turned = pairedBootstrap(300, accuracy(worse), accuracy(good));
    expect(turned.pValue).toBe(pValue);
    expect(turned.difference.value).toBe(-difference.value);
  });

  it('sees none between models that slip as often, on other images', () => {
    const { difference, pValue } = pairedBootstrap(
      300,
      accuracy(model(0.05)),
      accuracy(model(0.05, 0.5)),
    );
    expect(difference.low).toBeLessThan(0);
    expect(difference.high).toBeGreaterThan(0);
    expect(pValue).toBeGreaterThan(0.05);
  });

  it('can reach 2 of resamples and one, not 0', () => {
    const { pValue } = pairedBootstrap(
      9,
      () => 1,
      () => 0,
      { resamples: 99 },
    );
    expect(pValue).toBe(2 / 100);
  });

  it('is less sure where images come in clusters', () => {
    const clusters = hard.map((_, row) => Math.floor(row / 30));
    const good = hard.map(() => true);
    const worse = hard.map((_, row) => row >= 60 || row % 2 === 0);
    const plain = pairedBootstrap(300, accuracy(good), accuracy(worse));
    const clustered = pairedBootstrap(300, accuracy(good), accuracy(worse), { clusters });
    expect(plain.pValue).toBeLessThan(0.01);
    // Only 2 of 10 clusters differ: a tenth of the draws have neither.
    expect(clustered.pValue).toBeGreaterThan(0.1);
  });
});
