import { describe, expect, it } from 'vitest';
import { topK } from './top-k.ts';

const labels = ['a', 'b', 'c', 'd'];

describe('topK', () => {
  it('orders by probability and keeps the order of the labels in a tie', () => {
    const predictions = topK(Float32Array.of(0.25, 0.25, 0.375, 0.125), labels, 3);
    expect(predictions).toEqual([
      { label: 'c', index: 2, probability: 0.375 },
      { label: 'a', index: 0, probability: 0.25 },
      { label: 'b', index: 1, probability: 0.25 },
    ]);
  });

  it.each([0, 5, 1.5, -1, Number.NaN])('refuses k = %s', (k) => {
    expect(() => topK(Float32Array.of(1, 0, 0, 0), labels, k)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    );
  });
});
