import { isIsometryError } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { lossComparisonFigure, PAPER_MARK } from './loss-comparison.ts';

const mean = { value: 0.6, low: 0.55, high: 0.65, level: 0.95, method: 't' };

function figureOf(
  rows: Parameters<typeof lossComparisonFigure>[0]['panels'][number]['rows'],
): ReturnType<typeof lossComparisonFigure> {
  return lossComparisonFigure({ metric: 'accuracy', panels: [{ title: 'MobileNet', rows }] });
}

describe(lossComparisonFigure, () => {
  it('says what was reached, and that the paper’s value is of another data set', () => {
    const { description, caption } = figureOf([
      { loss: 'triplet', mean, seeds: [0.58, 0.62], paper: 0.93 },
      { loss: 'contrastive', mean: null, seeds: [], paper: null },
    ]);
    expect(description).toBe(
      `MobileNet. triplet: 60.0% (55.0 to 65.0), 2 seeds, ${PAPER_MARK} 93.0%; contrastive: not trained.`,
    );
    expect(PAPER_MARK).toContain('another data set');
    expect(caption).toContain(PAPER_MARK);
  });

  it('does not speak of the paper where it has no value', () => {
    const figure = figureOf([{ loss: 'triplet', mean, seeds: [0.6], paper: null }]);
    expect(JSON.stringify(figure)).not.toContain('paper');
  });

  it('shows every value within its axis', () => {
    const { spec } = figureOf([
      { loss: 'a', mean: { ...mean, value: 1, high: 1 }, seeds: [1], paper: 0.001 },
    ]);
    const [, low, high] = /"domain":\[([\d.]+),([\d.]+)\]/u.exec(JSON.stringify(spec)) ?? [];
    expect(Number(low)).toBe(0);
    expect(Number(high)).toBeGreaterThan(1);
  });

  it('says that nothing was trained', () => {
    const figure = figureOf([{ loss: 'a', mean: null, seeds: [], paper: null }]);
    expect(figure.caption).toContain('Nothing was trained yet');
  });

  it.each([{ paper: 92.84 }, { seeds: [Number.NaN] }, { mean: { ...mean, high: 60 } }])(
    'refuses %j',
    (bad) => {
      expect(() => figureOf([{ loss: 'a', mean, seeds: [], paper: null, ...bad }])).toThrow(
        expect.toSatisfy(
          (error: unknown) => isIsometryError(error) && error.code === 'OPTION_INVALID',
        ),
      );
    },
  );
});
