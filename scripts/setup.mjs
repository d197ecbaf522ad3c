// What a fresh clone lacks, in order: npm's packages, the build, then what npm does not bring.
// Plain Node, for it runs before anything is installed. Run again at any time: it repairs what is broken.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
// Written by npm when an install is complete.
const HIDDEN_LOCK = join(root, 'node_modules', '.package-lock.json');
const MIN_NODE = [20, 19];
const PARTS = ['train', 'browser', 'judges'];
const HELP = `node scripts/setup.mjs [${PARTS.join('] [')}]

Installs npm's packages, builds, and brings the parts that are named (all of them by default):
  train    libtensorflow for @tensorflow/tfjs-node: a 207 MB download, 0.6 GB in the cache folder
  browser  a Chromium, when there is none and this is root on Debian
  judges   a Python environment with Pillow, onnx, onnxruntime and Keras, which results are compared with, and tf2onnx
Downloads are kept in $ISOMETRY_CACHE, by default ~/.cache/isometry.`;

const args = process.argv.slice(2);
if (args.includes('--help') || args.includes('-h')) {
  console.log(HELP);
  process.exit(0);
}
const unknown = args.filter((arg) => !PARTS.includes(arg));
if (unknown.length > 0) {
  console.error(`error: unknown part ${unknown.join(', ')}\n\n${HELP}`);
  process.exit(2);
}
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < MIN_NODE[0] || (major === MIN_NODE[0] && minor < MIN_NODE[1])) {
  console.error(
    `error: Node ${process.versions.node} is too old. Install ${MIN_NODE.join('.')} or newer.`,
  );
  process.exit(1);
}

const controller = new AbortController();
for (const name of ['SIGINT', 'SIGTERM']) process.once(name, () => controller.abort(name));

await step('npm packages', installPackages);
await step('build', build);
const failures = [];
const cli = await import('@isometry/cli');
const setups = { train: cli.setupTrain, browser: cli.setupBrowser, judges: cli.setupJudges };
for (const part of args.length > 0 ? args : PARTS) {
  await step(part, () => bringPart(part)).catch((error) => {
    failures.push(part);
    console.error(explain(error));
  });
  if (controller.signal.aborted) process.exit(130);
}
if (failures.length > 0) {
  console.error(`setup: failed: ${failures.join(', ')}`);
  process.exitCode = 1;
}

/** Runs a step and prints one line with its time and what it says of itself. */
async function step(name, work) {
  const started = performance.now();
  const detail = await work();
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`setup: ${name}: ${detail} (${seconds} s)`);
}

async function installPackages() {
  const missing = missingPackages();
  if (missing.length === 0) return 'already installed';
  const more = missing.length > 1 ? ` (and ${missing.length - 1} more)` : '';
  console.log(
    `setup: npm packages: npm install, because ${missing[0].reason}${more}; without install scripts, ` +
      'because those of tfjs-node and onnxruntime-node download from other hosts',
  );
  // npm takes a folder that is there for complete, and its own list for the truth.
  for (const { path } of missing) rmSync(join(root, path), { recursive: true, force: true });
  rmSync(HIDDEN_LOCK, { force: true });
  // Not `npm ci`: it refuses a lock file without the binaries of every other platform, and a registry
  // mirror that is some days behind lacks those of the newest releases. `--no-save` keeps to the lock file.
  const install = 'install --no-save --ignore-scripts --no-audit --no-fund --loglevel=error'.split(
    ' ',
  );
  const npm = process.env.npm_execpath;
  await (npm === undefined ? run('npm', install) : run(process.execPath, [npm, ...install]));
  return 'installed';
}

/**
 * What `npm install` has to bring, with the reason. Goes by content, not by time: git gives every file
 * the time of the checkout, and an install that was cut off leaves folders without their package.json.
 */
function missingPackages() {
  const installed = existsSync(HIDDEN_LOCK) ? readLock(HIDDEN_LOCK) : {};
  const missing = [];
  for (const [path, entry] of Object.entries(readLock(join(root, 'package-lock.json')))) {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) continue;
    const there = installed[path];
    // Left out on this platform.
    if (there === undefined && entry.optional === true) continue;
    if (there === undefined) missing.push({ path, reason: `${path} is not installed` });
    else if (there.version !== entry.version) {
      missing.push({ path, reason: `${path} is ${there.version}, not ${entry.version}` });
    } else if (!existsSync(join(root, path, 'package.json'))) {
      missing.push({ path, reason: `${path} is incomplete` });
    }
  }
  return missing;
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages ?? {};
  } catch (error) {
    // A hidden lock file that was cut off reads as an empty one: everything is missing.
    if (path === HIDDEN_LOCK) return {};
    throw error;
  }
}

/** tsc knows itself what is up to date. */
async function build() {
  await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-b']);
  return 'up to date';
}

async function bringPart(part) {
  const { status, detail, hint } = await setups[part]({
    cwd: root,
    signal: controller.signal,
    onStep: (line) => console.log(`setup: ${part}: ${line}`),
  });
  return `${status === 'ready' ? '' : `${status}: `}${detail}${hint === undefined ? '' : `. ${hint}`}`;
}

function explain(error) {
  if (!cli.EXIT_CODE_OF[error?.code]) return error;
  return `error ${error.code}: ${error.message}${error.hint === undefined ? '' : `\nhint: ${error.hint}`}`;
}

/** Ends this process when the program fails: nothing after it can work. */
async function run(file, commandArgs) {
  const child = spawn(file, commandArgs, {
    cwd: root,
    stdio: 'inherit',
    // npm is a .cmd file there.
    shell: process.platform === 'win32' && file === 'npm',
  });
  const code = await new Promise((resolve) => {
    child.once('error', (error) => {
      console.error(`error: ${file} could not be started: ${error.message}`);
      resolve(1);
    });
    child.once('exit', (exitCode) => resolve(exitCode ?? 130));
  });
  if (code === 0) return;
  console.error(`error: ${[file, ...commandArgs].join(' ')} failed with exit code ${code}`);
  process.exit(code);
}
