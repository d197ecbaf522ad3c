// What fp16 and int8 cost and gain beside float32, and int8 beside onnxruntime's own quantize_static.
//
//   npm run bench:quantisation -- --images DIR --out DIR CELL [CELL…] [--calibration 128] [--rounds 20] [--json]
//
// A CELL is a folder with model.onnx and run/split.csv, as `isometry reproduce` leaves them. Both quantisers see the same
// training images; ours chooses its method and the nodes left in float32 on the validation images, and so is the best
// of the peer's methods chosen. Agreement is over all images, accuracy over the test split, with paired intervals over
// whole groups. What is made and answered is kept under --out: a second run only measures the speed. Needs
// `isometry setup judges` for the peer.
import { mkdir, readFile, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Interval } from '@isometry/core';
import { readManifest } from '@isometry/onnx';
import { judgesPython } from '../test/judges.ts';
import { readLabelledImages, type LabelledImages } from './quantisation/labelled-images.ts';
import {
  compareAnswers,
  readAnswers,
  type ComparedAnswers,
} from './quantisation/variant-answers.ts';
import { makeVariants, type Variant } from './quantisation/variant-files.ts';
import { measureSpeed, type Speed } from './quantisation/variant-speed.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    images: { type: 'string' },
    out: { type: 'string' },
    calibration: { type: 'string', default: '128' },
    rounds: { type: 'string', default: '20' },
    json: { type: 'boolean', default: false },
  },
});
const { images: root, out } = values;
if (root === undefined || out === undefined || positionals.length === 0) {
  console.error('Give --images, --out and at least one cell.');
  process.exit(2);
}
const SPEED_BATCH = 8;

interface Row {
  readonly variant: Variant;
  readonly sizeBytes: number;
  readonly answers: ComparedAnswers;
  readonly speed: Readonly<Record<'cpu' | 'wasm', Speed>>;
}

for (const cell of positionals) await measureCell(resolve(cell));

async function measureCell(cell: string): Promise<void> {
  const model = join(cell, 'model.onnx');
  const manifest = readManifest(await readFile(model));
  const name = manifest.training?.backbone ?? basename(cell);
  const folder = join(out as string, name);
  await mkdir(folder, { recursive: true });
  const say = (line: string): void => console.error(`${name}: ${line}`);
  const images = await readLabelledImages(root as string, join(cell, 'run'), manifest);
  const { ours, peers } = await makeVariants(model, {
    images,
    calibrationImages: Number(values.calibration),
    out: folder,
    python: judgesPython(),
    say,
  });
  const peer = await bestPeer(model, peers, images, folder);
  const variants = peer === undefined ? ours : [...ours, peer];
  say('answers');
  const test = images.rowsOf('test');
  const all = Array.from({ length: images.count }, (_, row) => row);
  const float = await readAnswers(model, images, all, folder);
  const measured: ComparedAnswers[] = [];
  for (const { path } of variants) {
    measured.push(
      compareAnswers(await readAnswers(path, images, all, folder), float, images, test),
    );
  }
  say('speed');
  const paths = variants.map(({ path }) => path);
  const [first] = images.batches(test.slice(0, SPEED_BATCH));
  if (first === undefined) throw new TypeError('There is no test image.');
  const rounds = Number(values.rounds);
  const cpu = await measureSpeed(paths, 'cpu', first.tensor, rounds);
  const wasm = await measureSpeed(paths, 'wasm', first.tensor, rounds);
  const rows = await Promise.all(
    variants.map(async (variant, index) => ({
      variant,
      sizeBytes: (await stat(variant.path)).size,
      answers: measured[index] as ComparedAnswers,
      speed: { cpu: cpu[index] as Speed, wasm: wasm[index] as Speed },
    })),
  );
  if (values.json) printJson(name, rows);
  else printTable(name, rows, images.count, test.length);
  if (peer === undefined) return;
  const [own, theirs] = [
    await readAnswers((ours[2] as Variant).path, images, all, folder),
    await readAnswers(peer.path, images, all, folder),
  ];
  const { drop, pValue } = compareAnswers(own, theirs, images, test);
  if (!values.json) {
    console.log(
      `Accuracy of ${peer.name} minus ours, points: ${interval(drop)}, McNemar p = ${pValue.toFixed(3)}.\n`,
    );
  }
}

/** Of the peer's methods the one that agrees most with float32 on the validation images. */
async function bestPeer(
  model: string,
  peers: readonly Variant[],
  images: LabelledImages,
  folder: string,
): Promise<Variant | undefined> {
  const rows = images.rowsOf('validation');
  const float = await readAnswers(model, images, rows, folder);
  let [best, most]: [Variant | undefined, number] = [undefined, -1];
  for (const peer of peers) {
    const answers = await readAnswers(peer.path, images, rows, folder);
    const agreed = rows.filter((row) => answers[row] === float[row]).length;
    if (agreed > most) [best, most] = [peer, agreed];
  }
  return best;
}

function printTable(name: string, rows: readonly Row[], count: number, tests: number): void {
  const [float] = rows as readonly [Row];
  console.log(
    `## ${name}: agreement over ${count} images, accuracy over ${tests}; speed in batches of ${SPEED_BATCH}, ratios to fp32 (speed: above 1 is better, CPU time: below)\n`,
  );
  console.log(
    '| variant | MB | of fp32 | agreement | accuracy | drop, points | CPU img/s | CPU time | WASM img/s | CPU time | how |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
  for (const { variant, sizeBytes, answers, speed } of rows) {
    const cells = (provider: 'cpu' | 'wasm'): readonly string[] => {
      const [own, base] = [speed[provider], float.speed[provider]];
      return [
        `${own.imagesPerSecond.toFixed(0)} (${(own.imagesPerSecond / base.imagesPerSecond).toFixed(2)})`,
        (own.cpuMs / base.cpuMs).toFixed(2),
      ];
    };
    console.log(
      `| ${[
        variant.name,
        (sizeBytes / 1e6).toFixed(2),
        percent(sizeBytes / float.sizeBytes),
        percent(answers.agreement),
        interval(answers.accuracy),
        interval(answers.drop),
        ...cells('cpu'),
        ...cells('wasm'),
        variant.note,
      ].join(' | ')} |`,
    );
  }
  console.log();
}

function printJson(name: string, rows: readonly Row[]): void {
  const [float, , int8, peer] = rows;
  if (float === undefined) return;
  const print = (variant: Row, other: Row, peerName: string): void => {
    const metrics = {
      sizeBytes: [variant.sizeBytes, other.sizeBytes, 'B'],
      agreement: [variant.answers.agreement, other.answers.agreement, '1'],
      accuracy: [variant.answers.accuracy.value, other.answers.accuracy.value, '1'],
      'cpu images a second': [
        variant.speed.cpu.imagesPerSecond,
        other.speed.cpu.imagesPerSecond,
        '1/s',
      ],
      'cpu time an image': [variant.speed.cpu.cpuMs, other.speed.cpu.cpuMs, 'ms'],
      'wasm images a second': [
        variant.speed.wasm.imagesPerSecond,
        other.speed.wasm.imagesPerSecond,
        '1/s',
      ],
      'wasm time an image': [variant.speed.wasm.cpuMs, other.speed.wasm.cpuMs, 'ms'],
    } as const;
    for (const [metric, [ours, theirs, unit]] of Object.entries(metrics)) {
      console.log(
        JSON.stringify({
          bench: 'quantisation',
          case: `${name} ${variant.variant.name}`,
          metric,
          ours,
          peer: theirs,
          peerName,
          ratio: ours / theirs,
          unit,
          ...(metric === 'accuracy' ? { drop: variant.answers.drop } : {}),
        }),
      );
    }
  };
  for (const row of rows.slice(1, 3)) print(row, float, 'fp32');
  if (int8 !== undefined && peer !== undefined) print(int8, peer, peer.variant.name);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(2)} %`;
}

function interval({ value, low, high }: Interval): string {
  return `${(100 * value).toFixed(2)} (${(100 * low).toFixed(2)} to ${(100 * high).toFixed(2)})`;
}
