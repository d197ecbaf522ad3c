import { expect, it } from 'vitest';
import { numberClusters } from './number-clusters.ts';

it('numbers groups as they occur; an image without one stands for itself, whatever it is called', () => {
  const images = [
    { file: 'a', group: 'x' },
    { file: 'b', group: null },
    { file: 'c', group: 'x' },
    { file: 'x', group: null },
    { file: 'b', group: null },
    { file: 'd', group: 'b' },
  ];
  expect([...numberClusters(images)]).toEqual([0, 1, 0, 2, 1, 3]);
  expect(numberClusters([])).toEqual(new Int32Array());
});
