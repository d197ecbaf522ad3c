import { expect, it } from 'vitest';
import { confusionMatrix, normaliseRows } from './confusion-matrix.ts';

it('has truth in rows and predictions in columns', () => {
  expect(confusionMatrix([0, 0, 1, 1, 1], [0, 1, 1, 1, 2], 3)).toEqual([
    [1, 1, 0],
    [0, 2, 1],
    [0, 0, 0],
  ]);
  expect(confusionMatrix(Uint8Array.of(1), Int32Array.of(0), 2)).toEqual([
    [0, 0],
    [1, 0],
  ]);
  expect(confusionMatrix([], [], 1)).toEqual([[0]]);
});

it('shares out the images of each class, and leaves a class without images 0', () => {
  expect(
    normaliseRows([
      [1, 3],
      [0, 0],
    ]),
  ).toEqual([
    [0.25, 0.75],
    [0, 0],
  ]);
});

it.each([
  [[0, 2], [0, 0], 'The true class of row 1 is 2; it must be a class, 0 to 1.'],
  [[0, 0], [0, -1], 'The predicted class of row 1 is -1; it must be a class, 0 to 1.'],
  [[0, NaN], [0, 0], 'The true class of row 1 is NaN; it must be a class, 0 to 1.'],
  [[0.5, 0], [0, 0], 'The true class of row 0 is 0.5; it must be a class, 0 to 1.'],
  [[0, 0], [0], 'Predictions: 1 values for 2 images.'],
])('refuses %j taken for %j', (truth, predicted, message) => {
  expect(() => confusionMatrix(truth, predicted, 2)).toThrowError(
    expect.objectContaining({ code: 'OPTION_INVALID', message }) as Error,
  );
});
