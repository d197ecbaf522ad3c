import { expect, it } from 'vitest';
import { projectionInput, toPoints } from './project-embeddings.ts';

it('puts the embeddings of a cosine model on the unit sphere, and leaves others as they are', () => {
  const data = Float32Array.of(3, 4, 0, 0, -2, 0);
  const cosine = projectionInput(data, { size: 2, normalised: false, distance: 'cosine' });
  expect([...cosine.data]).toEqual([...Float32Array.of(0.6, 0.8, 0, 0, -1, 0)]);
  expect([...data]).toEqual([3, 4, 0, 0, -2, 0]);
  const euclidean = projectionInput(data, { size: 2, normalised: false, distance: 'euclidean' });
  expect(euclidean.data).toBe(data);
});

it('takes pairs apart', () => {
  expect(toPoints(Float64Array.of(1, 2, 3, 4))).toEqual([
    [1, 2],
    [3, 4],
  ]);
  expect(toPoints(new Float64Array())).toEqual([]);
});
