import { beforeAll, expect, it } from 'vitest';
import { loadTfjs, type Tfjs } from './tfjs.ts';
import { createWeightsAverage } from './weights-average.ts';

let tf: Tfjs;
beforeAll(async () => {
  tf = await loadTfjs();
});

/** The rule in float64. */
function expectedAverage(values: readonly number[], decay: number): number {
  let average = values[0] as number;
  for (const [index, value] of values.slice(1).entries()) {
    const own = Math.min(decay, (index + 2) / (index + 11));
    average = own * average + (1 - own) * value;
  }
  return average;
}

it('averages, shows the average for a while, and puts the weights back', async () => {
  const variable = tf.variable(tf.tensor1d([1, -1]));
  const before = tf.memory().numTensors;
  const average = createWeightsAverage(tf, [{ name: 'layer/w', variable }], 0.9);
  const values = [1, 5, 2, 8, 3, 3, 9];
  for (const value of values.slice(1)) {
    tf.tidy(() => variable.assign(tf.tensor1d([value, -value])));
    average.update();
  }
  const expected = expectedAverage(values, 0.9);
  await average.during(() => {
    expect(variable.dataSync()[0]).toBeCloseTo(expected, 5);
    return Promise.resolve();
  });
  expect([...variable.dataSync()]).toEqual([9, -9]);
  await expect(average.during(() => Promise.reject(new TypeError('stop')))).rejects.toThrow('stop');
  expect([...variable.dataSync()]).toEqual([9, -9]);

  const state = average.state();
  expect(state.get('layer/w')?.values[1]).toBeCloseTo(-expected, 5);
  const again = createWeightsAverage(tf, [{ name: 'layer/w', variable }], 0.9);
  again.restore(state, values.length - 1);
  for (const own of [average, again]) own.update();
  expect(again.state()).toEqual(average.state());

  average.dispose();
  again.dispose();
  expect(tf.memory().numTensors).toBe(before);
  variable.dispose();
});
