// @ts-check
import { writeFileSync } from 'node:fs';
import { relative, sep } from 'node:path';

/**
 * @typedef {{ name: string, state: string, note?: string | undefined }} TestRecord
 * @typedef {{ tests: TestRecord[], errors: string[], reason: string }} RunRecord
 */

/**
 * Writes what scripts/test.mjs counts to the file that ISOMETRY_TEST_RECORD names. Vitest's own JSON
 * reporter has neither the note of a skipped test nor the errors outside tests.
 */
export default class RecordReporter {
  /** @type {NonNullable<import('vitest/reporters').Reporter['onTestRunEnd']>} */
  onTestRunEnd = (modules, unhandledErrors, reason) => {
    const target = process.env['ISOMETRY_TEST_RECORD'];
    if (target === undefined) throw new TypeError('ISOMETRY_TEST_RECORD names no file.');
    /** @type {RunRecord} */
    const record = { tests: [], errors: unhandledErrors.map(messageOf), reason };
    for (const module of modules) {
      const file = relative(process.cwd(), module.moduleId).split(sep).join('/');
      for (const error of module.errors()) record.errors.push(`${file}: ${messageOf(error)}`);
      for (const suite of module.children.allSuites()) {
        for (const error of suite.errors()) {
          record.errors.push(`${file} > ${suite.fullName}: ${messageOf(error)}`);
        }
      }
      for (const test of module.children.allTests()) {
        const result = test.result();
        record.tests.push({
          name: `${file} > ${test.fullName}`,
          state: result.state,
          ...(result.state === 'skipped' ? { note: result.note } : {}),
        });
      }
    }
    writeFileSync(target, JSON.stringify(record));
  };
}

/** @param {{ name?: string, message: string }} error */
function messageOf(error) {
  return `${error.name ?? 'Error'}: ${error.message.split('\n')[0]}`;
}
