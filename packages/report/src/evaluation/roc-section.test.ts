import { createRandom } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { syntheticEvaluation } from './evaluation.case.ts';
import { rocSection, thinned } from './roc-section.ts';

describe(thinned, () => {
  it('leaves a curve of ten thousand points below a thousand, none of it moved by a pixel', () => {
    const random = createRandom(0, 'curve');
    const falsePositiveRate = Array.from({ length: 10_000 }, () => random.next()).sort(
      (a, b) => a - b,
    );
    const truePositiveRate = falsePositiveRate.map((rate) => Math.sqrt(rate));
    const { falsePositiveRate: across, truePositiveRate: up } = thinned({
      falsePositiveRate,
      truePositiveRate,
    });
    expect(across.length).toBeLessThan(1000);
    expect(up).toHaveLength(across.length);
    expect([across[0], across.at(-1)]).toEqual([falsePositiveRate[0], falsePositiveRate.at(-1)]);
    for (const [index, rate] of falsePositiveRate.entries()) {
      const near = across.findLast((kept) => kept <= rate) ?? Number.NaN;
      expect(rate - near).toBeLessThanOrEqual(1 / 400);
      const height = up[across.lastIndexOf(near)] ?? Number.NaN;
      expect((truePositiveRate[index] ?? 0) - height).toBeLessThanOrEqual(1 / 400);
    }
  });

  it('keeps the corners of a short curve', () => {
    const corner = { falsePositiveRate: [0, 0, 1], truePositiveRate: [0, 1, 1] };
    expect(thinned(corner)).toEqual(corner);
    const nothing = { falsePositiveRate: [], truePositiveRate: [] };
    expect(thinned(nothing)).toEqual(nothing);
  });
});

describe(rocSection, () => {
  it('is not there without curves', () => {
    expect(rocSection({ ...syntheticEvaluation(), roc: [] })).toBeUndefined();
  });

  it('says that a class without a curve has none', () => {
    const evaluation = syntheticEvaluation();
    const section = rocSection({ ...evaluation, roc: evaluation.roc.slice(0, 2) });
    const [block] = section?.blocks ?? [];
    expect(block?.kind === 'figure' && block.figure.description).toContain('mel: no curve.');
  });

  it('draws no picture of a hundred curves', () => {
    const labels = Array.from({ length: 100 }, (_, index) => `class ${index}`);
    const section = rocSection(syntheticEvaluation({ images: 200, labels }));
    expect(section?.blocks).toEqual([]);
    expect(section?.text).toContain('100 curves are no picture');
  });
});
