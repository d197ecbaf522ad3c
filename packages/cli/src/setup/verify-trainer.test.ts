import { describe, expect, it } from 'vitest';
import { readTrainerCheck } from './verify-trainer.ts';

describe('readTrainerCheck', () => {
  it('reads the last line: a library may print before it', () => {
    const stdout = 'hello\n{"tensorflow":"2.15.1","usesGpu":true}\n';
    expect(readTrainerCheck(0, stdout, '')).toEqual({
      works: true,
      tensorflow: '2.15.1',
      usesGpu: true,
    });
  });

  it.each([
    [0, 'hello', '', 'printed something else'],
    [-1, '', '', 'crashed'],
    [1, '', 'x.js:1\n\nError: libfoo.so: cannot open\n    at a (b)\n', 'libfoo.so: cannot open'],
    [1, '', 'no memory', 'no memory'],
  ])('gives the reason for exit code %j', (code, stdout, stderr, reason) => {
    expect(readTrainerCheck(code, stdout, stderr)).toMatchObject({
      works: false,
      reason: expect.stringContaining(reason) as string,
    });
  });
});
