// How accurate `isometry train` is beside Keras' MobileNet: the same split, pixels, weights file and number of epochs.
//
//   npm run bench:accuracy -- --images DIR --group COLUMN --weights FILE --out DIR [--seeds 1,2,3] [--json] [-- TRAIN OPTIONS]
//
// Every seed trains on the split of seed 1 (split.csv of the first run): what differs is weights, batches and augmentation.
// Finished parts under --out are not run again. Needs `isometry setup train` and `isometry setup judges`.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createImageDecoder } from '@isometry/pixels';
import { parse } from 'csv-parse/sync';
import { judgesPython } from '../test/judges.ts';
import { comparePaired, type Answer } from './accuracy/paired-comparison.ts';

const EPOCHS = 20;
const CLI = fileURLToPath(new URL('../packages/cli/bin/isometry.js', import.meta.url));
const KERAS = fileURLToPath(new URL('accuracy/keras_mobilenet.py', import.meta.url));

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string' },
    group: { type: 'string' },
    weights: { type: 'string' },
    out: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    json: { type: 'boolean', default: false },
  },
});
const { images, weights, out } = values;
if (images === undefined || weights === undefined || out === undefined) {
  console.error('Give --images, --weights and --out.');
  process.exit(2);
}

interface Side {
  readonly answers: readonly Answer[];
  readonly balancedAccuracy: number;
  readonly accuracy: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
}

await mkdir(out, { recursive: true });
const seeds = values.seeds.split(',').map(Number);
if (seeds[0] !== 1) console.error(`The split is that of seed ${seeds[0]}.`);
const pairs: { readonly ours: Side; readonly keras: Side }[] = [];
for (const seed of seeds) {
  const run = join(out, `isometry-${seed}`);
  if (!existsSync(join(run, 'run.json'))) await trainOurs(run, seed);
  const result = join(out, `keras-${seed}.json`);
  if (!existsSync(result)) await trainKeras(run, seed, result);
  pairs.push({ ours: await readOurs(run), keras: await readKeras(result) });
}
report();

/** In a process of its own, as a user starts it. */
async function trainOurs(run: string, seed: number): Promise<void> {
  const first = join(out as string, `isometry-${seeds[0]}`);
  const group = values.group === undefined ? [] : ['--group', values.group];
  const split = run === first ? group : ['--list', join(first, 'split.csv')];
  await runProgram(process.execPath, [
    CLI,
    'train',
    images as string,
    '--out',
    run,
    '--weights',
    weights as string,
    '--seed',
    `${seed}`,
    '--resume',
    ...split,
    ...positionals,
  ]);
}

async function trainKeras(run: string, seed: number, result: string): Promise<void> {
  const python = judgesPython();
  if (python === undefined) throw new TypeError('Run `npx isometry setup judges` first.');
  const pixels = join(out as string, `pixels-${seed}.bin`);
  if (!existsSync(pixels)) await dumpPixels(run, pixels);
  await runProgram(python, [
    KERAS,
    '--split',
    join(run, 'split.csv'),
    '--pixels',
    pixels,
    '--seed',
    `${seed}`,
    '--weights',
    weights as string,
    '--epochs',
    `${EPOCHS}`,
    '--out',
    result,
  ]);
}

/** The pixels that our trainer sees, for every line of split.csv. */
async function dumpPixels(run: string, path: string): Promise<void> {
  const text = await readFile(join(run, 'run.json'), 'utf8');
  const { manifest } = JSON.parse(text) as { manifest: { pixels: Parameters<typeof decode>[1] } };
  const decode = createImageDecoder();
  const file = await open(path, 'w');
  for (const row of parse<{ file: string }>(await readFile(join(run, 'split.csv'), 'utf8'), {
    columns: true,
  })) {
    const bytes = await readFile(join(images as string, row.file));
    const { pixels } = await decode(bytes, manifest.pixels, {});
    await file.write(pixels.data);
  }
  await file.close();
}

interface Prediction {
  readonly file: string;
  readonly label: string;
  readonly predicted: string;
}

async function readOurs(run: string): Promise<Side> {
  const text = await readFile(join(run, 'metrics.json'), 'utf8');
  const { metrics, predictions, seconds } = JSON.parse(text) as {
    metrics: { test: { accuracy: { value: number }; balancedAccuracy: { value: number } } };
    predictions: readonly Prediction[];
    seconds: { train: number; cpu: number };
  };
  return {
    answers: await withGroups(run, predictions),
    balancedAccuracy: metrics.test.balancedAccuracy.value,
    accuracy: metrics.test.accuracy.value,
    seconds: seconds.train,
    cpuSeconds: seconds.cpu,
  };
}

async function readKeras(path: string): Promise<Side> {
  const { test, predictions, trainSeconds, trainCpuSeconds } = JSON.parse(
    await readFile(path, 'utf8'),
  ) as {
    test: { accuracy: number; balancedAccuracy: number };
    predictions: readonly Prediction[];
    trainSeconds: number;
    trainCpuSeconds: number;
  };
  const run = path.replace(/keras-(\d+)\.json$/, 'isometry-$1');
  return {
    answers: await withGroups(run, predictions),
    ...test,
    seconds: trainSeconds,
    cpuSeconds: trainCpuSeconds,
  };
}

/** Photos of one lesion are no independent draws. */
async function withGroups(run: string, predictions: readonly Prediction[]): Promise<Answer[]> {
  const rows = parse<{ file: string; group?: string }>(
    await readFile(join(run, 'split.csv'), 'utf8'),
    { columns: true },
  );
  const groups = new Map(rows.map(({ file, group }) => [file, group ?? file]));
  return predictions.map((own) => ({ ...own, group: groups.get(own.file) as string }));
}

function report(): void {
  const comparison = comparePaired(
    pairs.map(({ ours, keras }) => ({ ours: ours.answers, theirs: keras.answers })),
  );
  const mean = (pick: (pair: (typeof pairs)[number]) => number): number =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length;
  const ratio = mean(({ ours }) => ours.cpuSeconds) / mean(({ keras }) => keras.cpuSeconds);
  if (values.json) {
    for (const [metric, unit] of [
      ['balancedAccuracy', '1'],
      ['accuracy', '1'],
      ['seconds', 's'],
      ['cpuSeconds', 's'],
    ] as const) {
      for (const [index, { ours, keras }] of pairs.entries()) {
        const sides = { ours: ours[metric], peer: keras[metric] };
        console.log(
          JSON.stringify({
            bench: 'accuracy',
            case: `seed ${seeds[index]}`,
            metric,
            ...sides,
            peerName: 'keras',
            ratio: sides.ours / sides.peer,
            unit,
          }),
        );
      }
    }
    console.log(JSON.stringify({ bench: 'accuracy', case: 'paired difference', ...comparison }));
    return;
  }
  const percent = (share: number): string => (100 * share).toFixed(1);
  console.log(
    '| seed | balanced accuracy, ours | Keras | accuracy, ours | Keras | seconds, ours | Keras |',
  );
  console.log('|---|---|---|---|---|---|---|');
  for (const [index, { ours, keras }] of pairs.entries()) {
    console.log(
      `| ${[seeds[index], percent(ours.balancedAccuracy), percent(keras.balancedAccuracy), percent(ours.accuracy), percent(keras.accuracy), Math.round(ours.seconds), Math.round(keras.seconds)].join(' | ')} |`,
    );
  }
  console.log(
    `balanced accuracy, ours minus Keras: ${percent(comparison.value)} points (95 % interval ${percent(comparison.low)} to ${percent(comparison.high)}, paired bootstrap over groups); CPU time ours / Keras ${ratio.toFixed(2)} (below 1 is better)`,
  );
}

async function runProgram(program: string, args: readonly string[]): Promise<void> {
  console.error(`> ${[program, ...args].join(' ')}`);
  const child = spawn(program, args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const status = await new Promise((resolve) => {
    child.on('close', resolve);
  });
  if (status !== 0) throw new TypeError(`${program} ended with status ${String(status)}.`);
}
