// The main job end to end: photos -> trained model -> one .onnx -> the same answer on five runtimes.
// Plain Node, so that it runs before anything is installed; the work is in scripts/quickstart/.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `npm run quickstart [-- --images DIR [--group COLUMN]] [-- --out DIR]

Sets up what is missing, trains an image classifier, exports it to one .onnx file and classifies
held-out pictures with that file in Node (CPU, WASM), in Chromium (WASM, WebGPU) and in workerd.

  --images DIR     your photos, a folder per class (default: a small synthetic set, made on the spot)
  --group COLUMN   a column of DIR/metadata.csv; images that share its value stay in one split
                   (e.g. the patient, when there are several photos of one)
  --out DIR        where everything goes (default: quickstart)

Examples:
  npm run quickstart
  npm run quickstart -- --images ~/photos --group patient_id`;

/** Says that a folder is the quickstart's own, whose `images`, `run` and `model` each run replaces. */
const MARKER = '.isometry-quickstart';

const root = fileURLToPath(new URL('..', import.meta.url));

let options;
try {
  options = parseArgs({
    options: {
      images: { type: 'string' },
      group: { type: 'string' },
      out: { type: 'string', default: 'quickstart' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  }).values;
} catch (error) {
  fail(`${error.message}\n\n${HELP}`);
}
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
if (options.group !== undefined && options.images === undefined) {
  fail('--group needs --images: the synthetic set is split by its own patients.');
}
if (options.images !== undefined) {
  const images = resolve(options.images);
  if (!existsSync(images) || !statSync(images).isDirectory()) {
    fail(
      `--images ${options.images}: there is no such folder. Give a folder with one folder per class.`,
    );
  }
}
const out = resolve(options.out);
if (existsSync(out) && !statSync(out).isDirectory()) {
  fail(`--out ${options.out}: that is a file. Name a folder.`);
}
// The default folder is this repository's, and git ignores it.
if (out !== resolve(root, 'quickstart') && existsSync(out) && readdirSync(out).length > 0) {
  if (!existsSync(join(out, MARKER))) {
    fail(
      `--out ${options.out}: the folder holds other things, and quickstart replaces images, run and ` +
        'model in it. Name a new or an empty folder.',
    );
  }
}

run([resolve(root, 'scripts/setup.mjs'), 'train'], { cwd: root });
// Without a Chromium its runtimes are left out, by name: no reason to do without the rest.
start([resolve(root, 'scripts/setup.mjs'), 'browser'], { cwd: root });
mkdirSync(out, { recursive: true });
writeFileSync(join(out, MARKER), '');
run(
  [
    resolve(root, 'node_modules/tsx/dist/cli.mjs'),
    resolve(root, 'scripts/quickstart/main.ts'),
    JSON.stringify({
      out,
      ...(options.images === undefined ? {} : { images: resolve(options.images) }),
      ...(options.group === undefined ? {} : { group: options.group }),
    }),
  ],
  { cwd: process.cwd() },
);

function start(args, { cwd }) {
  return spawnSync(process.execPath, args, { cwd, stdio: 'inherit' });
}

/** Ends this process when the program fails. */
function run(args, place) {
  const { status, signal } = start(args, place);
  if (status !== 0) process.exit(signal === null ? (status ?? 1) : 130);
}

function fail(message) {
  console.error(message);
  process.exit(2);
}
