import { expect, it } from 'vitest';
import { intervalOverSeeds, studentT975 } from './student-t.ts';

// Tables of the t distribution, e.g. NIST/SEMATECH e-Handbook 1.3.6.7.2, column 0.975.
it.each([
  [1, 12.706],
  [2, 4.303],
  [3, 3.182],
  [4, 2.776],
  [5, 2.571],
  [10, 2.228],
  [100, 1.984],
])('t with %i degrees of freedom is %f', (freedom, known) => {
  expect(studentT975(freedom)).toBeCloseTo(known, 3);
});

it('is exact where there is a formula, and nears the normal distribution', () => {
  expect(studentT975(1)).toBeCloseTo(Math.tan(0.475 * Math.PI), 10);
  expect(studentT975(2)).toBeCloseTo(0.95 * Math.sqrt(2 / (1 - 0.95 ** 2)), 12);
  expect(studentT975(100_001)).toBeCloseTo(1.96, 3);
});

it('gives an interval over the seeds, as wide as they are apart', () => {
  // sd 0.02, t 4.303.
  expect(intervalOverSeeds([0.01, 0.03, 0.05])).toEqual({
    value: expect.closeTo(0.03, 12) as number,
    low: expect.closeTo(0.03 - (4.302653 * 0.02) / Math.sqrt(3), 7) as number,
    high: expect.closeTo(0.03 + (4.302653 * 0.02) / Math.sqrt(3), 7) as number,
    level: 0.95,
    method: 'student t over seeds',
  });
  expect(intervalOverSeeds([0.25, 0.25])).toMatchObject({ low: 0.25, value: 0.25, high: 0.25 });
});

it('says nothing of other seeds with one or none', () => {
  expect(intervalOverSeeds([0.3])).toBeNull();
  expect(intervalOverSeeds([])).toBeNull();
});
