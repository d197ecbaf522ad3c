import { describe, expect, it } from 'vitest';
import { usesColors } from './process-terminal.ts';

describe('usesColors', () => {
  it.each([
    [true, {}, true],
    [false, {}, false],
    [true, { NO_COLOR: '1' }, false],
    [true, { NO_COLOR: '' }, true],
    [false, { FORCE_COLOR: '1' }, true],
    [true, { FORCE_COLOR: '0' }, false],
    [true, { TERM: 'dumb' }, false],
  ])('on a terminal: %s, with %j: %s', (isTerminal, env, expected) => {
    expect(usesColors(isTerminal, env)).toBe(expected);
  });
});
