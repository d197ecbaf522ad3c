import { describe, expect, it } from 'vitest';
import { lastLine, parseAllowedSkips, tallyRun } from '../../scripts/test-tally.mjs';

const passing = { name: 'test/a.test.ts > suite > passes', state: 'passed' };
const skipped = { name: 'test/a.test.ts > suite > needs a GPU', state: 'skipped' };

function record(tests: { name: string; state: string; note?: string }[], errors: string[] = []) {
  return { tests, errors, reason: errors.length === 0 ? 'passed' : 'failed' };
}

describe('tallyRun', () => {
  it('counts what passed', () => {
    expect(tallyRun(record([passing, passing]), 0, [])).toEqual({
      passed: 2,
      failed: 0,
      skipped: 0,
      problems: [],
    });
  });

  it('names what failed', () => {
    const failing = { name: 'test/a.test.ts > suite > fails', state: 'failed' };
    const tally = tallyRun(record([passing, failing]), 1, []);
    expect(tally).toMatchObject({ passed: 1, failed: 1 });
    expect(tally.problems).toEqual([expect.stringContaining(failing.name)]);
  });

  it('fails a skip that nobody listed, and one that is skipped for another reason', () => {
    const allowed = [{ test: 'needs a GPU', reason: 'No GPU' }];
    expect(tallyRun(record([passing, skipped]), 0, []).failed).toBe(1);
    expect(tallyRun(record([{ ...skipped, note: 'Too slow' }]), 0, allowed).failed).toBe(1);
    expect(tallyRun(record([{ ...passing, state: 'skipped' }]), 0, allowed).failed).toBe(1);
  });

  it('counts a listed skip as skipped, by name or by the reason that it gave', () => {
    const byName = [{ test: '^test/a\\.test\\.ts > .* needs a GPU$', reason: 'No GPU' }];
    const byReason = [{ reason: 'No GPU' }];
    const noted = { ...skipped, note: 'No GPU' };
    expect(tallyRun(record([skipped]), 0, byName)).toMatchObject({ failed: 0, skipped: 1 });
    expect(tallyRun(record([noted]), 0, byName)).toMatchObject({ failed: 0, skipped: 1 });
    expect(tallyRun(record([noted]), 0, byReason)).toMatchObject({ failed: 0, skipped: 1 });
    // A list entry by reason does not excuse a test that gives none.
    expect(tallyRun(record([skipped]), 0, byReason)).toMatchObject({ failed: 1, skipped: 0 });
  });

  it('fails a test that never ran', () => {
    expect(tallyRun(record([{ ...passing, state: 'pending' }]), 0, []).failed).toBe(1);
  });

  it('fails errors outside tests', () => {
    const tally = tallyRun(record([passing], ['test/b.test.ts: SyntaxError: no']), 1, []);
    expect(tally).toMatchObject({ passed: 1, failed: 1 });
    expect(tally.problems[0]).toContain('test/b.test.ts');
  });

  it.each([
    ['left no results', undefined, 1],
    ['was killed by a signal', undefined, null],
    ['left no results and says all is well', undefined, 0],
    ['found no test', record([]), 0],
    ['ended with a code that no failure explains', record([passing]), 1],
    ['was killed after its last test', record([passing]), null],
  ])('fails a runner that %s', (_, run, code) => {
    expect(tallyRun(run, code, []).failed).toBe(1);
  });
});

describe('parseAllowedSkips', () => {
  it('takes a list of reasons, with or without a pattern', () => {
    const list = [{ reason: 'a' }, { test: 'x', reason: 'b' }];
    expect(parseAllowedSkips(list)).toEqual(list);
  });

  it.each([{}, ['x'], [null], [{ test: 'x' }], [{ reason: '' }], [{ tests: 'x', reason: 'y' }]])(
    'refuses %j',
    (value) => {
      expect(() => parseAllowedSkips(value)).toThrow('test/allowed-skips.json');
    },
  );
});

describe('lastLine', () => {
  it('has the form that CI reads', () => {
    expect(lastLine({ passed: 3, failed: 0, skipped: 1 })).toBe('3 passed, 0 failed, 1 skipped');
  });
});
