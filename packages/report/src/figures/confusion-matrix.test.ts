import { isIsometryError } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { drawSvg } from '../draw/draw-svg.ts';
import { confusionMatrixFigure } from './confusion-matrix.ts';
import { foldClasses, LARGEST_MATRIX } from './fold-classes.ts';

const total = (matrix: readonly (readonly number[])[]): number =>
  matrix.flat().reduce((sum, count) => sum + count, 0);

/** The words drawn on the picture, in order. */
function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/gu)].map(([, text]) => text as string);
}

describe(confusionMatrixFigure, () => {
  it('draws each count with its share of the row, and says the result', async () => {
    const figure = confusionMatrixFigure({
      labels: ['cat', 'dog', 'newt'],
      matrix: [
        [399, 1, 0],
        [30, 10, 0],
        [0, 0, 0],
      ],
    });
    const texts = textsOf(await drawSvg(figure, 'light'));
    for (const text of [
      '399',
      '>99%',
      '1',
      '&lt;1%',
      '30',
      '75%',
      '25%',
      'no images',
      'cat (400)',
      'newt (0)',
    ]) {
      expect(texts).toContain(text.replace('>', '&gt;'));
    }
    expect(figure.description).toBe(
      '409 of 440 images on the diagonal (93.0%). cat: 399 of 400 right, most often taken for dog (1). ' +
        'dog: 10 of 40 right, most often taken for cat (30). newt: no images.',
    );
  });

  it('colours a cell by its share of the row', async () => {
    const svg = await drawSvg(
      confusionMatrixFigure({
        labels: ['a', 'b'],
        matrix: [
          [95, 5],
          [45, 55],
        ],
      }),
      'light',
    );
    const fills = [...svg.matchAll(/<path d="M(?:0|84),(?:0|84)h84v84h-84Z" fill="([^"]*)"/gu)];
    expect(fills.map(([, fill]) => fill)).toStrictEqual([
      '#003156',
      '#ebf5fe',
      '#459be6',
      '#2884cf',
    ]);
  });

  it('leaves counts out where they do not fit', async () => {
    const labels = Array.from({ length: 30 }, (_, index) => `c${index}`);
    const matrix = labels.map(() => labels.map(() => 123_456));
    expect(
      textsOf(await drawSvg(confusionMatrixFigure({ labels, matrix }), 'light')),
    ).not.toContain('123,456');
    const few = labels.slice(0, 3);
    const drawn = confusionMatrixFigure({
      labels: few,
      matrix: few.map(() => few.map(() => 123_456)),
    });
    expect(textsOf(await drawSvg(drawn, 'light'))).toContain('123,456');
  });

  it.each([
    ['a row too few', ['a', 'b'], [[1, 2]]],
    ['a column too few', ['a', 'b'], [[1], [2]]],
    ['a negative count', ['a'], [[-1]]],
    ['half an image', ['a'], [[0.5]]],
    ['NaN', ['a'], [[Number.NaN]]],
  ])('refuses %s', (_, labels, matrix) => {
    expect(() => confusionMatrixFigure({ labels, matrix })).toThrow(
      expect.toSatisfy(
        (error: unknown) => isIsometryError(error) && error.code === 'OPTION_INVALID',
      ),
    );
  });

  it.each([
    [[], []],
    [['a'], [[0]]],
  ])('of %j says that there is nothing', (labels, matrix) => {
    expect(confusionMatrixFigure({ labels, matrix }).caption).toContain('No image');
  });
});

describe(foldClasses, () => {
  it('keeps the classes with the most mistakes, and every image', () => {
    const count = LARGEST_MATRIX + 20;
    const labels = Array.from({ length: count }, (_, index) => `c${index}`);
    // The last ones are mistaken most, each for the first.
    const matrix = labels.map((_, row) =>
      labels.map((__, column) => (row === column ? 10 : column === 0 ? row : 0)),
    );
    const folded = foldClasses(labels, matrix);
    expect(folded.labels).toHaveLength(LARGEST_MATRIX);
    expect(folded.labels.slice(0, 2)).toStrictEqual(['c0', `c${count - LARGEST_MATRIX + 2}`]);
    expect(folded.labels.at(-1)).toBe('the other classes');
    expect(total(folded.matrix)).toBe(total(matrix));
    // What is not shown is right or taken for c0.
    const others = folded.matrix.at(-1) as readonly number[];
    const hidden = count - LARGEST_MATRIX + 1;
    expect(others.at(-1)).toBe(hidden * 10);
    expect(others[0]).toBe((hidden * (hidden + 1)) / 2);
  });

  it('leaves alone what can be shown', () => {
    const labels = ['a', 'b'];
    const matrix = [
      [1, 2],
      [3, 4],
    ];
    expect(foldClasses(labels, matrix)).toStrictEqual({ labels, matrix });
  });
});
