import { describe, expect, it } from 'vitest';
import { IsometryError, isIsometryError, throwIfAborted } from './errors.ts';

describe('IsometryError', () => {
  it('carries code, hint, details and cause', () => {
    const cause = new RangeError('offset');
    const error = new IsometryError('IMAGE_TRUNCATED', 'cut', {
      hint: 'send it again',
      cause,
      details: { file: 'a.jpg' },
    });
    expect(error).toMatchObject({
      name: 'IsometryError',
      code: 'IMAGE_TRUNCATED',
      hint: 'send it again',
      details: { file: 'a.jpg' },
    });
    expect(error.cause).toBe(cause);
  });

  it('crosses a wire as JSON without its cause', () => {
    const error = new IsometryError('MODEL_INVALID', 'cut', { cause: new Error('/home/me') });
    expect(JSON.parse(JSON.stringify(error))).toEqual({
      code: 'MODEL_INVALID',
      message: 'cut',
      details: {},
    });
  });

  it('is recognised by name and code, also from another copy of the package', () => {
    const foreign = Object.assign(new Error('x'), { name: 'IsometryError', code: 'ABORTED' });
    expect(isIsometryError(foreign)).toBe(true);
    expect(isIsometryError(Object.assign(new Error('x'), { name: 'IsometryError' }))).toBe(false);
    const inherited = Object.assign(new Error('x'), { name: 'IsometryError', code: 'toString' });
    expect(isIsometryError(inherited)).toBe(false);
    expect(isIsometryError({ name: 'IsometryError', code: 'ABORTED' })).toBe(false);
  });
});

describe('throwIfAborted', () => {
  it('does nothing without a signal or before the abort', () => {
    expect(() => throwIfAborted(undefined)).not.toThrow();
    expect(() => throwIfAborted(new AbortController().signal)).not.toThrow();
  });

  it('throws ABORTED with the reason as cause', () => {
    const reason = new Error('user left');
    let thrown: unknown;
    try {
      throwIfAborted(AbortSignal.abort(reason));
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'ABORTED', cause: reason });
  });
});
