import { isIsometryError } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { distanceHistogramFigure } from './distance-histogram.ts';

const options = { edges: [0, 1, 2, 4], unit: 'euclidean' } as const;

describe(distanceHistogramFigure, () => {
  it('says medians and overlap of densities, not of counts', () => {
    const figure = distanceHistogramFigure({
      ...options,
      // Densities 0.5, 0.5, 0 and 0, 0.2, 0.4: they share 0.2 of their area.
      positive: [2, 2, 0],
      negative: [0, 20, 80],
    });
    expect(figure.description).toBe(
      'Median euclidean distance of 4 pairs of one class: 1. ' +
        'Median euclidean distance of 100 pairs of two classes: 2.75. ' +
        'The histograms overlap in 20.0% of their area.',
    );
  });

  it('draws areas of 1', () => {
    const { spec } = distanceHistogramFigure({
      ...options,
      positive: [1, 2, 5],
      negative: [7, 0, 2],
    });
    const found: number[] = [];
    JSON.stringify(spec, (key, value: unknown) => {
      if (key === 'values' && Array.isArray(value) && value.length > 2) {
        const corners = value as { x: number; y: number }[];
        found.push(
          corners
            .slice(1)
            .reduce(
              (area, { x, y }, index) => area + (x - (corners[index] as { x: number }).x) * y,
              0,
            ),
        );
      }
      return value;
    });
    expect(found).toHaveLength(2);
    for (const area of found) expect(area).toBeCloseTo(1, 12);
  });

  it('says which kind of pair there is none of', () => {
    const figure = distanceHistogramFigure({
      ...options,
      positive: [0, 0, 0],
      negative: [1, 0, 0],
    });
    expect(figure.description).toContain('No pair of one class.');
    expect(figure.caption).not.toContain('overlap');
    const none = distanceHistogramFigure({ ...options, positive: [0, 0, 0], negative: [0, 0, 0] });
    expect(none.caption).toContain('No pair of images');
  });

  it.each([
    { edges: [0, 1], positive: [1, 2], negative: [1, 2] },
    { edges: [0, 1, 1], positive: [1, 2], negative: [1, 2] },
    { edges: [0, 1, Number.NaN], positive: [1, 2], negative: [1, 2] },
    { edges: [0, 1, 2], positive: [-1, 2], negative: [1, 2] },
    { edges: [], positive: [1], negative: [1] },
  ])('refuses %j', (bad) => {
    expect(() => distanceHistogramFigure({ ...bad, unit: 'cosine' })).toThrow(
      expect.toSatisfy(
        (error: unknown) => isIsometryError(error) && error.code === 'OPTION_INVALID',
      ),
    );
  });
});
