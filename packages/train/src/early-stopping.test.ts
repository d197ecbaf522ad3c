import { expect, it } from 'vitest';
import { createEarlyStopping } from './early-stopping.ts';

it('stops after `patience` epochs that were not better, and goes back to the best', () => {
  let weights = 0;
  const stopping = createEarlyStopping(2, () => {
    const kept = weights;
    return {
      restore: () => {
        weights = kept;
      },
    };
  });
  const stops = [5, 3, 4, 2, 2, 2.5].map((loss, index) => {
    weights = index + 1;
    return stopping.after(index + 1, loss);
  });
  expect(stops).toEqual([false, false, false, false, false, true]);
  stopping.restoreBest();
  expect(stopping.bestEpoch).toBe(4);
  expect(weights).toBe(4);
});
