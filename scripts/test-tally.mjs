// @ts-check

/**
 * @typedef {{ test?: string, reason: string }} AllowedSkip
 *   `test` is a regular expression over `file > suite > name`; without it the note that the test
 *   itself gave (`context.skip(note)`) has to be the reason, word for word.
 * @typedef {{ passed: number, failed: number, skipped: number, problems: string[] }} Tally
 *   `problems` says one line for everything that counts as failed.
 */

/**
 * Counts one vitest run. A skip that nobody listed, an error outside tests, a crashed runner and a
 * run without a single test are failures.
 * @param {import('./vitest-reporter.mjs').RunRecord | undefined} record undefined when the runner left none
 * @param {number | null} exitCode of the runner; null when a signal ended it
 * @param {readonly AllowedSkip[]} allowedSkips
 * @returns {Tally}
 */
export function tallyRun(record, exitCode, allowedSkips) {
  /** @type {Tally} */
  const tally = { passed: 0, failed: 0, skipped: 0, problems: [] };
  /** @param {string} problem */
  const fail = (problem) => {
    tally.failed++;
    tally.problems.push(problem);
  };
  if (record === undefined) {
    fail(`The test runner ended (exit code ${exitCode}) without leaving its results.`);
    return tally;
  }
  for (const test of record.tests) {
    if (test.state === 'passed') tally.passed++;
    else if (test.state !== 'skipped') fail(`Failed (${test.state}): ${test.name}`);
    else if (isAllowed(test, allowedSkips)) tally.skipped++;
    else {
      const note = test.note === undefined ? 'no reason given' : test.note;
      fail(`Skipped and not listed in test/allowed-skips.json: ${test.name} (${note})`);
    }
  }
  for (const error of record.errors) fail(`Error outside a test: ${error}`);
  if (record.tests.length === 0) fail('The test runner found no test.');
  if (exitCode !== 0 && tally.failed === 0) {
    fail(
      `The test runner ended with exit code ${exitCode} (${record.reason}) and named no failure.`,
    );
  }
  return tally;
}

/**
 * @param {import('./vitest-reporter.mjs').TestRecord} test
 * @param {readonly AllowedSkip[]} allowedSkips
 */
function isAllowed(test, allowedSkips) {
  return allowedSkips.some((allowed) =>
    allowed.test === undefined
      ? test.note === allowed.reason
      : new RegExp(allowed.test, 'u').test(test.name) &&
        (test.note === undefined || test.note === allowed.reason),
  );
}

/**
 * Checks the content of test/allowed-skips.json.
 * @param {unknown} value
 * @returns {AllowedSkip[]}
 */
export function parseAllowedSkips(value) {
  if (!Array.isArray(value)) throw new TypeError('test/allowed-skips.json holds no list.');
  return value.map((entry, index) => {
    const isWellFormed =
      typeof entry?.reason === 'string' &&
      entry.reason !== '' &&
      (entry.test === undefined || typeof entry.test === 'string') &&
      Object.keys(entry).every((key) => key === 'test' || key === 'reason');
    if (!isWellFormed) {
      throw new TypeError(`test/allowed-skips.json: entry ${index} is not { test?, reason }.`);
    }
    return entry;
  });
}

/**
 * The last line that a test run prints.
 * @param {Pick<Tally, 'passed' | 'failed' | 'skipped'>} tally
 */
export function lastLine({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed, ${skipped} skipped`;
}
