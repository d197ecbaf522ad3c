import { describe, expect, it } from 'vitest';
import { explainPipFailure, parsePythonVersion, pythonCandidates } from './python.ts';

describe('pythonCandidates', () => {
  it('tries the newest of the range first and the unversioned names last', () => {
    expect(pythonCandidates({ from: 9, to: 11 })).toEqual([
      'python3.11',
      'python3.10',
      'python3.9',
      'python3',
      'python',
    ]);
  });
});

describe('parsePythonVersion', () => {
  it.each([
    ['3 11\n', [3, 11]],
    ['3 9', [3, 9]],
    ['3 13', undefined],
    ['3 8', undefined],
    ['2 7', undefined],
    ['', undefined],
    ['pyenv: python3.9: command not found', undefined],
  ])('reads %j', (stdout, version) => {
    expect(parsePythonVersion(stdout, { from: 9, to: 12 })).toEqual(version);
  });
});

describe('explainPipFailure', () => {
  it.each([
    ['OSError: [Errno 28] No space left on device', 'the disk is full'],
    [
      "Retrying … NewConnectionError('…')\nERROR: No matching distribution found for x",
      'the Python package index cannot be reached',
    ],
    ['ERROR: No matching distribution found for x', 'has no such wheel'],
    ['no such option: --platform', 'this pip is too old'],
    ['WARNING: a\nERROR: Something else.', 'Something else'],
    ['', 'it said nothing'],
  ])('turns %j into one line', (stderr, reason) => {
    const failure = explainPipFailure(stderr);
    expect(failure.reason).toContain(reason);
    expect(failure.reason).not.toContain('\n');
    expect(failure.hint).not.toBe('');
  });
});
