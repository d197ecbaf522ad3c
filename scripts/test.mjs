// @ts-check
// `npm test`: set-up, static checks, then every test. Plain Node, for it runs before anything is installed.
import { spawn } from 'node:child_process';
import {
  createWriteStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { lastLine, parseAllowedSkips, tallyRun } from './test-tally.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const isFull = process.argv.includes('--full');
const unknown = process.argv.slice(2).filter((argument) => argument !== '--full');
if (unknown.length > 0) {
  console.error(`error: unknown argument ${unknown.join(' ')}. Known: --full`);
  process.exit(2);
}

const logPath = join(root, '.isometry', `test-full-${new Date().toISOString().slice(0, 10)}.log`);
if (isFull) mkdirSync(dirname(logPath), { recursive: true });
const log = isFull ? createWriteStream(logPath) : undefined;

/** @param {string} line */
function print(line) {
  process.stdout.write(`${line}\n`);
  log?.write(`${line}\n`);
}

/**
 * Runs one of the repository's tools with this Node.
 * @param {readonly string[]} command a path below the root, then arguments
 * @param {'live' | 'held'} output live: as it comes; held: returned
 * @param {Record<string, string>} [environment]
 * @returns {Promise<{ code: number | null, text: string }>}
 */
function run(command, output, environment = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, command, {
      cwd: root,
      env: { ...process.env, ...(isFull ? { ISOMETRY_FULL: '1' } : {}), ...environment },
      stdio: output === 'live' && !isFull ? 'inherit' : ['ignore', 'pipe', 'pipe'],
    });
    let text = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (chunk) => {
        if (output === 'held') {
          text += chunk;
          return;
        }
        process.stdout.write(chunk);
        log?.write(chunk);
      });
    }
    child.on('error', reject).on('close', (code) => resolve({ code, text }));
  });
}

/** @typedef {{ name: string, command: readonly string[] }} Check */

/** Two chains side by side: the type checker takes one core, the others share the second. */
const CHECK_CHAINS = /** @type {const} */ ([
  [
    { name: 'tsc -b', command: ['node_modules/typescript/bin/tsc', '-b'] },
    { name: 'docs', command: ['scripts/docs.mjs', '--check'] },
    {
      name: 'tsc (tests)',
      command: ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json'],
    },
  ],
  [
    { name: 'prettier', command: ['node_modules/prettier/bin/prettier.cjs', '--check', '.'] },
    {
      name: 'oxlint',
      command: ['node_modules/oxlint/bin/oxlint', '--type-aware', '--deny-warnings'],
    },
    { name: 'knip', command: ['node_modules/knip/bin/knip.js'] },
  ],
]);

const total = { passed: 0, failed: 0, skipped: 0 };

/**
 * @param {Check} check
 * @param {'live' | 'held'} output
 */
async function runCheck(check, output) {
  const started = performance.now();
  const { code, text } = await run(check.command, output);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  if (code === 0) total.passed++;
  else {
    total.failed++;
    if (text !== '') print(text.trimEnd());
  }
  print(`${code === 0 ? 'ok    ' : 'FAILED'} ${check.name} (${seconds} s)`);
  return code === 0;
}

async function runVitest() {
  const folder = mkdtempSync(join(tmpdir(), 'isometry-test-'));
  const recordPath = join(folder, 'record.json');
  const started = performance.now();
  try {
    const { code } = await run(
      [
        'node_modules/vitest/vitest.mjs',
        'run',
        '--reporter=default',
        '--reporter=./scripts/vitest-reporter.mjs',
      ],
      'live',
      { ISOMETRY_TEST_RECORD: recordPath },
    );
    const record = existsSync(recordPath)
      ? JSON.parse(readFileSync(recordPath, 'utf8'))
      : undefined;
    const allowed = parseAllowedSkips(
      JSON.parse(readFileSync(join(root, 'test/allowed-skips.json'), 'utf8')),
    );
    const tally = tallyRun(record, code, allowed);
    total.passed += tally.passed;
    total.failed += tally.failed;
    total.skipped += tally.skipped;
    for (const problem of tally.problems) print(problem);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    print(`${tally.failed === 0 ? 'ok    ' : 'FAILED'} vitest (${seconds} s): ${lastLine(tally)}`);
  } catch (error) {
    // A malformed list or record: the verdict still has to be the last line.
    total.failed++;
    print(`FAILED vitest: ${error instanceof Error ? error.message : String(error)}`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const isSetUp = await runCheck({ name: 'setup', command: ['scripts/setup.mjs'] }, 'live');
// Without set-up nothing below can run, and every failure would only repeat the first.
if (isSetUp) {
  await Promise.all(
    CHECK_CHAINS.map(async (chain) => {
      for (const check of chain) await runCheck(check, 'held');
    }),
  );
  await runVitest();
}
if (isFull) print(`Log: ${relative(root, logPath)}`);
print(lastLine(total));
log?.end();
process.exitCode = total.failed === 0 ? 0 : 1;
