import { describe, expect, it } from 'vitest';
import { squaredDistance } from './embedding-points.ts';
import { clustered } from './trustworthiness.case.ts';
import { pairIndex, tsneAffinities } from './tsne-affinities.ts';

const pause = (): Promise<void> => Promise.resolve();

/** The definition, slowly: bisection of each point's precision, then the mean of both directions. */
function slowAffinities(
  points: Parameters<typeof squaredDistance>[0],
  perplexity: number,
): number[][] {
  const count = points.data.length / points.size;
  const conditional = Array.from({ length: count }, (_, row) => {
    const weigh = (precision: number): number[] => {
      const weights = Array.from({ length: count }, (__, other) =>
        other === row ? 0 : Math.exp(-precision * squaredDistance(points, row, other)),
      );
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      return weights.map((weight) => weight / total);
    };
    const entropy = (weights: number[]): number =>
      -weights.reduce((sum, weight) => sum + (weight > 0 ? weight * Math.log2(weight) : 0), 0);
    let [low, high] = [1e-6, 1e3];
    for (let step = 0; step < 200; step += 1) {
      const middle = Math.sqrt(low * high);
      if (2 ** entropy(weigh(middle)) > perplexity) low = middle;
      else high = middle;
    }
    return weigh(Math.sqrt(low * high));
  });
  return conditional.map((weights, row) =>
    weights.map(
      (weight, other) => (weight + ((conditional[other] as number[])[row] as number)) / (2 * count),
    ),
  );
}

describe(tsneAffinities, () => {
  it.each([2, 5, 12])('are the definition’s, with perplexity %i', async (perplexity) => {
    const points = clustered(40, { size: 6, classes: 3, spread: 1 });
    const expected = slowAffinities(points, perplexity);
    const affinities = await tsneAffinities(points, { count: 40, perplexity, pause });
    for (let a = 1; a < 40; a += 1) {
      for (let b = 0; b < a; b += 1) {
        // The search ends at an entropy that is 1e-5 off.
        expect(affinities[pairIndex(a, b)]).toBeCloseTo((expected[a] as number[])[b] as number, 6);
      }
    }
    expect(affinities.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0.5, 12);
  });

  it('do not depend on the unit of the distances', async () => {
    const points = clustered(30, { size: 4, classes: 2, spread: 1 });
    const scaled = { ...points, data: points.data.map((value) => value * 1024) };
    const options = { count: 30, perplexity: 5, pause };
    const [one, other] = [
      await tsneAffinities(points, options),
      await tsneAffinities(scaled, options),
    ];
    one.forEach((value, pair) => expect(other[pair]).toBeCloseTo(value, 7));
  });
});
