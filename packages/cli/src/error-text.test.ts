import { IsometryError } from '@isometry/core';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, formatError } from './error-text.ts';

const PLAIN = { colors: false, env: {} };

describe('formatError', () => {
  it('names the code, the thing and what to do, without a stack', () => {
    const error = new IsometryError('IMAGE_INVALID', 'It is text.', { hint: 'Take a photo.' });
    expect(formatError(error, PLAIN, 'a.jpg')).toBe(
      'error IMAGE_INVALID: a.jpg: It is text.\nhint: Take a photo.\n',
    );
  });

  it('spells out what a file from anywhere would do to the terminal', () => {
    const error = new IsometryError('LAYER_UNSUPPORTED', '"a\u001B[2J" (B\r).', {
      hint: '1\n2\u0007',
    });
    expect(formatError(error, PLAIN, 'x\n\u009B.jpg')).toBe(
      'error LAYER_UNSUPPORTED: x\\u000a\\u009b.jpg: "a\\u001b[2J" (B\\u000d).\nhint: 1\n2\\u0007\n',
    );
    expect(formatError(new TypeError('a\u001B[2J'), PLAIN)).toContain('error: a\\u001b[2J\n');
  });

  it('calls what we did not throw a bug, and keeps its stack for ISOMETRY_DEBUG=1', () => {
    const bug = new TypeError('x is not a function\nsecond line');
    const text = formatError(bug, PLAIN);
    expect(text).toMatch(/^error: x is not a function\nhint: this is a bug; .*\n$/);
    expect(formatError(bug, { colors: false, env: { ISOMETRY_DEBUG: '1' } })).toContain(
      'error-text.test.ts',
    );
    expect(exitCodeOf(bug)).toBe(1);
  });

  it('colours only where colours are taken', () => {
    const error = new IsometryError('ABORTED', 'Stopped.');
    expect(formatError(error, { colors: true, env: {} })).toContain('\u001B[31merror ABORTED');
    expect(exitCodeOf(error)).toBe(130);
  });
});
