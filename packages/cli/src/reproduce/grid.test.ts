import { expect, it } from 'vitest';
import { cellId, GRID_BACKBONES, GRID_LOSSES, parseOnly, planGrid } from './grid.ts';

it('trains every loss of a backbone and seed before the next seed', () => {
  const cells = planGrid([1, 2], []);
  expect(cells).toHaveLength(2 * GRID_BACKBONES.length * GRID_LOSSES.length);
  expect(new Set(cells.map(cellId)).size).toBe(cells.length);
  expect(cells.slice(0, 5).map(cellId)).toEqual([
    'mobilenet/cross-entropy/seed-1',
    'mobilenet/contrastive/seed-1',
    'mobilenet/triplet/seed-1',
    'mobilenet/lifted-structured/seed-1',
    'inceptionv3/cross-entropy/seed-1',
  ]);
  expect(cells.slice(0, 12).every(({ seed }) => seed === 1)).toBe(true);
});

it.each([
  ['mobilenet', 8],
  ['*/triplet', 6],
  ['resnet50/lifted-structured', 2],
  ['resnet50/lifted-structured/2', 1],
  ['*/*/seed-1', 12],
])('--only %s takes %d cells of two seeds', (text, count) => {
  expect(planGrid([1, 2], [parseOnly(text)])).toHaveLength(count);
});

it('takes what any of several patterns names, once and in the order of the grid', () => {
  const only = ['resnet50/triplet', 'mobilenet/triplet', '*/triplet/1'].map(parseOnly);
  expect(planGrid([1], only).map(cellId)).toEqual([
    'mobilenet/triplet/seed-1',
    'inceptionv3/triplet/seed-1',
    'resnet50/triplet/seed-1',
  ]);
});

it.each([
  'vgg16',
  'mobilenet/softmax',
  'mobilenet/triplet/two',
  'mobilenet/triplet/1/run',
  'mobilenet/triplet/0',
  'mobilenet/triplet/',
  'mobilenet/triplet/1001',
  'mobilenet/triplet/1e9',
  '',
])('--only %j is refused, with what is known', (text) => {
  expect(() => parseOnly(text)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', hint: expect.stringMatching(/^Give /u) }),
  );
});
