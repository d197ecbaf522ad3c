import { describe, expect, it } from 'vitest';
import { prototypeLoss } from './prototype-loss.ts';

const support = { embeddings: Float32Array.from([0, 0, 2, 0, 0, 8, 2, 8]), classes: [0, 0, 1, 1] };
const near = { embeddings: Float32Array.from([1, 1, 1, 7, 0, 2]), classes: [0, 1, 0] };

describe('prototypeLoss', () => {
  it('is small when images lie near the mean of their class, whatever the scale', () => {
    const loss = prototypeLoss(support, near, 2);
    expect(loss).toBeLessThan(0.3);
    const scaled = (values: Float32Array) => values.map((value) => value * 1000);
    const farther = prototypeLoss(
      { ...support, embeddings: scaled(support.embeddings) },
      { ...near, embeddings: scaled(near.embeddings) },
      2,
    );
    expect(farther).toBeCloseTo(loss, 6);
  });

  it('is at least log 2 when two classes cannot be told apart', () => {
    const same = { embeddings: new Float32Array(8), classes: [0, 0, 1, 1] };
    const queries = { embeddings: new Float32Array(4), classes: [0, 1] };
    expect(prototypeLoss(same, queries, 2)).toBeCloseTo(Math.log(2), 10);
    expect(prototypeLoss(support, { ...near, classes: [1, 0, 1] }, 2)).toBeGreaterThan(Math.log(2));
  });
});
