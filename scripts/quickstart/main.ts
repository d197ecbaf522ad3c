import { existsSync } from 'node:fs';
import { readFile, rm, stat } from 'node:fs/promises';
import { basename, extname, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { isIsometryError, wilsonInterval } from '@isometry/core';
import { makeSyntheticImages } from '../synthetic-images.mjs';
import { answerEverywhere } from './answer-everywhere.ts';
import { readHeldOut } from './held-out.ts';
import { isometry } from './isometry-command.ts';
import { comparePairs, formatPairs } from './parity-table.ts';

interface Plan {
  readonly out: string;
  readonly images?: string;
  readonly group?: string;
}

/** Held-out pictures that every runtime classifies. Chromium's software WebGPU sets the pace. */
const PARITY_PICTURES = 24;

process.once('uncaughtException', (error) => {
  console.error(
    isIsometryError(error)
      ? [
          `error ${error.code}: ${error.message}`,
          ...(error.hint ? [`hint: ${error.hint}`] : []),
        ].join('\n')
      : error,
  );
  process.exit(1);
});

const plan = JSON.parse(process.argv[2] ?? '{}') as Plan;
const started = performance.now();
const images = plan.images ?? join(plan.out, 'images');
const run = join(plan.out, 'run');
const model = join(plan.out, 'model');
const modelFile = join(model, 'onnx', 'model.onnx');

if (plan.images === undefined) {
  step(
    1,
    'Drawing a synthetic picture set: three classes, imbalanced like the paper’s, not medical',
  );
  await rm(images, { recursive: true, force: true });
  const set = await makeSyntheticImages({ out: images });
  say(`${set.count} pictures in ${shown(images)}`);
} else {
  step(1, `Your pictures: ${shown(images)}`);
}

step(2, 'Training a MobileNet embedding with the lifted structured loss, then a classifier on it');
const group = plan.group ?? (plan.images === undefined ? 'patient' : undefined);
await isometry([
  'train',
  images,
  '--out',
  run,
  '--overwrite',
  // Small and from random weights: minutes on any machine. `isometry train` itself starts at 128 px and width 1.
  '--size=64',
  '--width-multiplier=0.25',
  '--name',
  plan.images === undefined ? 'quickstart' : basename(plan.images),
  ...(group === undefined ? [] : ['--group', group]),
]);

step(3, 'Exporting one .onnx that describes itself');
await rm(model, { recursive: true, force: true });
await isometry(['export', run, '--out', model]);

step(4, 'Classifying held-out pictures with that file, on five runtimes');
const heldOut = await readHeldOut(run, images);
const runtimes = await answerEverywhere({
  model: await readFile(modelFile),
  pictures: heldOut,
  parityPictures: PARITY_PICTURES,
  say,
});
const right = runtimes.all.filter(({ label }, index) => label === heldOut[index]?.label).length;
const accuracy = wilsonInterval(right, heldOut.length);

step(5, 'What came out');
say(
  `Test accuracy ${percent(accuracy.value)} (95 % interval ${percent(accuracy.low)} to ` +
    `${percent(accuracy.high)}; ${right} of ${heldOut.length} pictures that training never saw${
      plan.images === undefined ? ', synthetic set' : ''
    })`,
);
say('');
say(
  `Largest differences over ${runtimes.byRuntime[0]?.answers.length ?? 0} of them. embedding: of its ` +
    'L2 norm; probabilities: absolute',
);
say('');
say(formatPairs(comparePairs(runtimes.byRuntime)));
say('');
say('Files:');
for (const [path, what] of [
  [modelFile, 'the model, its manifest inside'],
  [join(model, 'README.md'), 'its model card'],
  [
    join(run, 'log.jsonl'),
    'every step and epoch; TensorBoard reads the folder tensorboard beside it',
  ],
  [join(run, 'split.csv'), 'which picture was in which split'],
] as const) {
  const { size } = await stat(path);
  say(`  ${shown(path)}  ${kilobytes(size)}  ${what}`);
}
const example = heldOut[0]?.path ?? 'photo.jpg';
const type = extname(example).slice(1).toLowerCase().replace('jpg', 'jpeg');
say('');
say('Next:');
say(`  npx isometry classify ${quoted(shown(modelFile))} ${quoted(shown(example))}`);
say(`  npx isometry inspect ${quoted(shown(modelFile))}`);
say(
  `  npx isometry evaluate ${quoted(shown(modelFile))} ${quoted(shown(images))} --run ${quoted(shown(run))} --out ${quoted(shown(join(plan.out, 'report')))}`,
);
say(`  npx isometry serve ${quoted(shown(modelFile))} --port 8080`);
say(
  `  curl -H 'content-type: image/${type}' --data-binary @${quoted(shown(example))} http://127.0.0.1:8080/v1/classify`,
);
if (plan.images === undefined) say('  npm run quickstart -- --images YOUR_PHOTOS');
say('');
say(`Done in ${Math.round((performance.now() - started) / 1000)} s after set-up.`);

function step(number: number, what: string): void {
  say(`\n[${number}/5] ${what}`);
}

function say(line: string): void {
  console.log(line);
}

function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') || !existsSync(path) ? path : short;
}

function quoted(path: string): string {
  return /[^\w./-]/.test(path) ? `'${path.replaceAll("'", String.raw`'\''`)}'` : path;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function kilobytes(bytes: number): string {
  return `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;
}
