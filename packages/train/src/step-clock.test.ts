import { expect, it } from 'vitest';
import { createStepClock, formatDuration } from './step-clock.ts';

it('says nothing of the first step, and then throughput and time left', () => {
  let now = 0;
  const clock = createStepClock(() => now);
  now = 9000;
  expect(clock.describe(32, 100)).toBe('');
  now += 500;
  expect(clock.describe(32, 99)).toBe(', 64 images/s, at most 50 s left');
  // An evaluation in between is no step.
  now += 30_000;
  clock.skip();
  now += 500;
  expect(clock.describe(32, 98)).toBe(', 64 images/s, at most 49 s left');
});

it('measures from the last mark', () => {
  let now = 0;
  const clock = createStepClock(() => now);
  now = 5000;
  expect(clock.secondsSince('checkpoint')).toBe(5);
  clock.restart('checkpoint');
  expect(clock.secondsSince('checkpoint')).toBe(0);
});

it('words a duration', () => {
  expect([4.4, 100, 7000, 30_000].map(formatDuration)).toEqual([
    '4 s',
    '2 min',
    '117 min',
    '8 h 20 min',
  ]);
});
