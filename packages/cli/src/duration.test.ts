import { expect, it } from 'vitest';
import { formatSeconds, parseDuration } from './duration.ts';

it.each([
  ['90m', 5400],
  ['2h', 7200],
  ['1h30m', 5400],
  ['45s', 45],
  ['1.5h', 5400],
  ['1d', 86_400],
  [' 10m ', 600],
  ['1h 30m', 5400],
])('%j is %d seconds', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds);
});

it.each(['', '90', 'm', '0m', '-5m', '1h and 5m', 'soon'])('%j is no time', (text) => {
  expect(() => parseDuration(text)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
});

it('is said as a waiting person counts', () => {
  expect([0.2, 89.1, 90, 3600, 7200, 7260.5].map(formatSeconds)).toEqual([
    '1 s',
    '90 s',
    '2 min',
    '60 min',
    '2 h 0 min',
    '2 h 2 min',
  ]);
});
