import { isIsometryError } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { drawInlineSvg } from '../draw/draw-svg.ts';
import { embeddingMapFigure } from './embedding-map.ts';

const options = {
  id: 'tsne',
  method: 't-SNE',
  labels: ['a', 'b'],
  parameters: 'perplexity 30, seed 0',
} as const;

describe(embeddingMapFigure, () => {
  it('draws a mark per image and a ring per mistake, each once', async () => {
    const points = Array.from({ length: 200 }, (_, index) => [
      Math.cos(index),
      Math.sin(index * 2),
    ]);
    const classes = points.map((_, index) => index % 2);
    const wrong = points.map((_, index) => index % 10 === 0);
    const svg = await drawInlineSvg(embeddingMapFigure({ ...options, points, classes, wrong }));
    const uses = [...svg.matchAll(/<use xlink:href="#(tsne-m\d)"/gu)].map(([, name]) => name);
    const counts = ['tsne-m0', 'tsne-m1', 'tsne-m2'].map(
      (name) => uses.filter((one) => one === name).length,
    );
    expect(counts.sort((x, y) => y - x)).toStrictEqual([100, 100, 20]);
    expect(svg).toContain('misclassified (20)');
  });

  it('is small: 3,000 images in 200 kB', async () => {
    const points = Array.from({ length: 3000 }, (_, index) => [
      Math.sin(index),
      Math.cos(index * 3),
    ]);
    const classes = points.map((_, index) => index % 2);
    const svg = await drawInlineSvg(embeddingMapFigure({ ...options, points, classes }));
    expect(svg.length).toBeLessThan(200_000);
  });

  it('says that there is nothing', () => {
    expect(embeddingMapFigure({ ...options, points: [], classes: [] }).caption).toContain(
      'No image',
    );
  });

  it.each([
    { points: [[0, 0]], classes: [] },
    { points: [[0, 0]], classes: [2] },
    { points: [[0, 0]], classes: [-1] },
    { points: [[0, Number.NaN]], classes: [0] },
    { points: [[0]], classes: [0] },
    { points: [[0, 0]], classes: [0], wrong: [] },
  ])('refuses %j', (bad) => {
    expect(() => embeddingMapFigure({ ...options, ...bad })).toThrow(
      expect.toSatisfy(
        (error: unknown) => isIsometryError(error) && error.code === 'OPTION_INVALID',
      ),
    );
  });
});
