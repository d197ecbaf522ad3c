import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../..', import.meta.url));
let folder = '';

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** The static checks are stood in for: what they find is not the matter here, that they count is. */
const STAND_INS = [
  'scripts/docs.mjs',
  'node_modules/typescript/bin/tsc',
  'node_modules/prettier/bin/prettier.cjs',
  'node_modules/oxlint/bin/oxlint',
  'node_modules/knip/bin/knip.js',
];

/** Runs scripts/test.mjs with the real vitest in a small repository of its own. */
function runTestScript(
  files: Record<string, string>,
  ...args: string[]
): { code: number | null; lines: string[] } {
  folder = mkdtempSync(join(tmpdir(), 'isometry-test-script-'));
  const all: Record<string, string> = {
    'package.json': '{ "type": "module" }',
    'scripts/setup.mjs': '',
    'test/allowed-skips.json': '[]',
    ...Object.fromEntries(STAND_INS.map((path) => [path, ''])),
    ...files,
  };
  for (const [path, content] of Object.entries(all)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  for (const name of ['test.mjs', 'test-tally.mjs', 'vitest-reporter.mjs']) {
    copyFileSync(join(root, 'scripts', name), join(folder, 'scripts', name));
  }
  symlinkSync(join(root, 'node_modules/vitest'), join(folder, 'node_modules/vitest'), 'junction');
  // The variables by which one vitest knows that it runs inside another are not the child's.
  const environment = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(?:VITEST|TEST$|NODE_ENV$)/u.test(name)),
  );
  const { status, stdout } = spawnSync(process.execPath, ['scripts/test.mjs', ...args], {
    cwd: folder,
    env: environment,
    encoding: 'utf8',
  });
  return { code: status, lines: stdout.trimEnd().split('\n') };
}

const PASSING = `import { expect, it } from 'vitest'; it('adds', () => { expect(1 + 1).toBe(2); });`;

// Each case starts six programs, vitest among them: seconds, and more on a machine that is busy.
describe('npm test', { timeout: 90_000 }, () => {
  it('counts set-up, six checks and the tests', () => {
    const { code, lines } = runTestScript({ 'a.test.js': PASSING });
    expect(lines.at(-1)).toBe('8 passed, 0 failed, 0 skipped');
    expect(code).toBe(0);
  });

  it('fails on a failed check, a failed test, an error outside a test and an unlisted skip', () => {
    const { code, lines } = runTestScript({
      'node_modules/knip/bin/knip.js': `console.log('unused: x'); process.exit(1);`,
      'a.test.js': PASSING,
      'b.test.js': `import { expect, it } from 'vitest';
        it('fails', () => { expect(1).toBe(2); });
        it.skip('is forgotten', () => {});
        it.todo('is to come');
        it('needs a GPU', (context) => { context.skip('No GPU'); });`,
      'c.test.js': `throw new Error('not even loaded');`,
      'd.test.js': `import { it } from 'vitest';
        it('leaves a rejection behind', () => { void Promise.reject(new Error('late')); });`,
      'test/allowed-skips.json': '[{ "reason": "No GPU" }]',
    });
    expect(lines.at(-1)).toBe('8 passed, 6 failed, 1 skipped');
    expect(code).toBe(1);
    const text = lines.join('\n');
    for (const part of ['unused: x', 'b.test.js > fails', 'is forgotten', 'is to come']) {
      expect(text).toContain(part);
    }
    expect(text).toContain('Error outside a test: c.test.js: Error: not even loaded');
    expect(text).toContain('Error outside a test: Error: late');
  });

  it('with --full runs everything whole and keeps a log', () => {
    const whole = `import { expect, it } from 'vitest';
      it('is whole', () => { expect(process.env.ISOMETRY_FULL).toBe('1'); });`;
    const { code, lines } = runTestScript({ 'a.test.js': whole }, '--full');
    expect(lines.at(-1)).toBe('8 passed, 0 failed, 0 skipped');
    expect(code).toBe(0);
    const path = /^Log: (?<path>\S+)$/u.exec(lines.at(-2) ?? '')?.groups?.['path'] ?? '';
    const log = readFileSync(join(folder, path), 'utf8');
    expect(log).toContain('a.test.js');
    expect(log.trimEnd().split('\n').at(-1)).toBe(lines.at(-1));
  });

  it('refuses an argument that it does not know', () => {
    expect(runTestScript({}, '--fast').code).toBe(2);
  });

  it.each([
    ['the runner cannot start', { 'vitest.config.js': `throw new Error('broken config');` }, 7],
    ['there is no test', {}, 7],
    ['set-up fails', { 'scripts/setup.mjs': 'process.exit(3);', 'a.test.js': PASSING }, 0],
    ['the list of skips is malformed', { 'a.test.js': PASSING, 'test/allowed-skips.json': '{' }, 7],
  ])('fails when %s', (_, files, passed) => {
    const { code, lines } = runTestScript(files);
    expect(lines.at(-1)).toBe(`${passed} passed, 1 failed, 0 skipped`);
    expect(code).toBe(1);
  });
});
