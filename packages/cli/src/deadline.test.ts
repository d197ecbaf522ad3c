import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createDeadline } from './deadline.ts';

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

it.each([1, 90 * 60, 30 * 86_400, 100 * 86_400])(
  'aborts after %d seconds and not before',
  (seconds) => {
    const signal = createDeadline(seconds);
    vi.advanceTimersByTime(seconds * 1000 - 1);
    expect(signal.aborted).toBe(false);
    vi.advanceTimersByTime(1);
    expect(signal.aborted).toBe(true);
  },
);

it('never aborts without a number', () => {
  const signal = createDeadline(undefined);
  vi.advanceTimersByTime(1e12);
  expect(signal.aborted).toBe(false);
});
