import { isIsometryError } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { rocFigure } from './roc.ts';
import { rocCurveOf } from './sample-figures.case.ts';

/** The lists of points that a spec draws. */
function linesOf(spec: object): { x: number; y: number }[][] {
  const lines: { x: number; y: number }[][] = [];
  JSON.stringify(spec, (key, value: unknown) => {
    if (key === 'values' && Array.isArray(value) && value.length > 1) lines.push(value);
    return value;
  });
  return lines.filter(([first]) => typeof first === 'object' && 'y' in first);
}

function area(points: readonly { x: number; y: number }[]): number {
  return points.slice(1).reduce((sum, { x, y }, index) => {
    const before = points[index] as { x: number; y: number };
    return sum + ((x - before.x) * (y + before.y)) / 2;
  }, 0);
}

describe(rocFigure, () => {
  it('draws the curve with fewer points and the same area', () => {
    const curve = rocCurveOf('mel', { count: 4000, positives: 600, advantage: 1 });
    const [, drawn] = linesOf(rocFigure({ curves: [curve] }).spec) as [
      unknown,
      { x: number; y: number }[],
    ];
    expect(drawn.length).toBeLessThan(1000);
    expect(drawn[0]).toMatchObject({ x: 0, y: 0 });
    expect(drawn.at(-1)?.x).toBeCloseTo(1, 9);
    expect(area(drawn)).toBeCloseTo(curve.auc as number, 2);
  });

  it('marks the smallest areas where there are many', () => {
    const curves = Array.from({ length: 20 }, (_, index) => ({
      label: `c${index}`,
      falsePositiveRate: [0, 0.5, 1],
      truePositiveRate: [0, 1 - index / 40, 1],
      auc: 0.9 - index / 100,
    }));
    const { spec, caption, description } = rocFigure({ curves });
    const text = JSON.stringify(spec);
    for (const worst of [16, 17, 18, 19]) expect(text).toContain(`c${worst}: AUC`);
    expect(text).not.toContain('c15: AUC');
    expect(caption).toContain('The 4 classes of the smallest areas');
    expect(description).toContain('c0: area 0.900.');
  });

  it('leaves out classes without a curve, and says so', () => {
    const curve = rocCurveOf('mel', { count: 50, positives: 9, advantage: 1 });
    const absent = { label: 'newt', falsePositiveRate: [], truePositiveRate: [], auc: null };
    const figure = rocFigure({ curves: [absent, curve] });
    expect(figure.caption).toContain('1 class without images left out.');
    expect(figure.description).toContain('newt: no curve.');
    expect(rocFigure({ curves: [absent] }).caption).toContain('none to show');
  });

  it.each([
    { falsePositiveRate: [0, 1], truePositiveRate: [0], auc: 0.5 },
    { falsePositiveRate: [0, 0.6, 0.5, 1], truePositiveRate: [0, 0, 1, 1], auc: 0.5 },
    { falsePositiveRate: [0, 2], truePositiveRate: [0, 1], auc: 0.5 },
    { falsePositiveRate: [0, Number.NaN], truePositiveRate: [0, 1], auc: 0.5 },
    { falsePositiveRate: [0, 1], truePositiveRate: [0, 1], auc: Number.NaN },
  ])('refuses %j', (bad) => {
    expect(() => rocFigure({ curves: [{ label: 'a', ...bad }] })).toThrow(
      expect.toSatisfy(
        (error: unknown) => isIsometryError(error) && error.code === 'OPTION_INVALID',
      ),
    );
  });
});
