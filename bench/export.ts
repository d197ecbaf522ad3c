// What an export costs, in time and memory, natively and by tf2onnx.
//
//   npm run bench:export -- [--rounds 3] [--case TEXT] [--json] [RUN…]
//
// A RUN is what `isometry train --out RUN` leaves; without any, runs of the three backbones at 128 px with made weights.
// Needs `npm run build`, `isometry setup train` and `setup judges`, and Linux for the memory. Every measurement has a fresh process; they go in rotating
// order, and medians count. Memory is the peak of resident memory: beyond tfjs is over that of a process that loads tfjs
// and the model and runs it once; tf2onnx' is that of Node and of Python together.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { judgesPython, whyNoTf2onnx } from '../test/judges.ts';
import { writeBackboneRun } from '../test/export/backbone-run.ts';

const SIDE = 128;
const BACKBONES = ['mobilenet', 'resnet50', 'inceptionv3'] as const;
const KINDS = ['tfjs', 'export', 'convert', 'export-tf2onnx', 'convert-tf2onnx'] as const;
const WORKER = fileURLToPath(new URL('export/measure-export.ts', import.meta.url));
/** What MobileNet is held to. */
const BAR = { seconds: 2, megabytes: 250 };

type Kind = (typeof KINDS)[number];

interface Measurement {
  readonly wallMs: number;
  readonly peakBytes: number;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '3' },
    case: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});
const why = whyNoTf2onnx();
if (why !== undefined) {
  console.error(why);
  process.exit(1);
}
const scratch = await mkdtemp(join(tmpdir(), 'isometry-bench-export-'));
try {
  if (!values.json) printHead();
  for (const run of positionals.length > 0 ? positionals.map((path) => resolve(path)) : BACKBONES) {
    const path = positionals.length > 0 ? run : await makeRun(run as (typeof BACKBONES)[number]);
    if (path === undefined) continue;
    report(await titleOf(path), await measureAll(path));
    if (path.startsWith(scratch)) await rm(path, { recursive: true });
  }
} finally {
  await rm(scratch, { recursive: true, force: true });
}

async function makeRun(name: (typeof BACKBONES)[number]): Promise<string | undefined> {
  if (!name.includes(values.case)) return undefined;
  const folder = join(scratch, name);
  await writeBackboneRun(folder, {
    name,
    side: SIDE,
    widthMultiplier: 1,
    seed: 1,
    normalise: false,
  });
  return folder;
}

/** `mobilenet 1, 128 px`, as its run says. */
async function titleOf(run: string): Promise<string> {
  const { manifest } = JSON.parse(await readFile(join(run, 'run.json'), 'utf8')) as {
    manifest: {
      pixels: { width: number };
      training: { backbone: string; widthMultiplier: number };
    };
  };
  const { backbone, widthMultiplier } = manifest.training;
  return `${backbone} ${widthMultiplier}, ${manifest.pixels.width} px`;
}

type Medians = Readonly<Record<Kind, Measurement>>;

async function measureAll(run: string): Promise<Medians> {
  const found = new Map<Kind, Measurement[]>(KINDS.map((kind) => [kind, []]));
  const order = [...KINDS];
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const kind of order) found.get(kind)?.push(await measure(kind, run));
    order.push(order.shift() as Kind);
  }
  const medianOf = (kind: Kind): Measurement => {
    const all = found.get(kind) ?? [];
    return {
      wallMs: median(all.map(({ wallMs }) => wallMs)),
      peakBytes: median(all.map(({ peakBytes }) => peakBytes)),
    };
  };
  return Object.fromEntries(KINDS.map((kind) => [kind, medianOf(kind)])) as unknown as Medians;
}

async function measure(kind: Kind, run: string): Promise<Measurement> {
  const out = await mkdtemp(join(scratch, 'out-'));
  const args = [...process.execArgv, WORKER, kind, run, out, judgesPython() ?? ''];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let [text, errors] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (errors += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  await rm(out, { recursive: true });
  if (code !== 0) throw new TypeError(`${kind} of ${run} failed:\n${errors.slice(-3000)}`);
  return JSON.parse(text.trim().split('\n').at(-1) as string) as Measurement;
}

function printHead(): void {
  console.log(`Medians of ${values.rounds} rounds, each in a fresh process. Lower is better.\n`);
  console.log(
    '| run | export: s | beyond tfjs, MB | by tf2onnx: s | beyond tfjs, MB | conversion alone: s | MB | by tf2onnx: s | MB | export / by tf2onnx, time | tfjs itself, MB |',
  );
  console.log('|---|---|---|---|---|---|---|---|---|---|---|');
}

function report(title: string, medians: Medians): void {
  const seconds = (kind: Kind): number => medians[kind].wallMs / 1000;
  const megabytes = (kind: Kind): number => medians[kind].peakBytes / 1e6;
  const beyond = (kind: Kind): number => megabytes(kind) - megabytes('tfjs');
  if (values.json) {
    const line = (
      metric: string,
      unit: string,
      value: (kind: Kind) => number,
      part: Kind,
      by: Kind,
    ): void => {
      const [ours, peer] = [value(part), value(by)];
      console.log(
        JSON.stringify({
          bench: 'export',
          case: title,
          metric,
          ours,
          peer,
          peerName: 'tf2onnx 1.17',
          ratio: ours / peer,
          unit,
          better: 'lower',
        }),
      );
    };
    line('export, wall time', 's', seconds, 'export', 'export-tf2onnx');
    line('export, peak memory beyond tfjs', 'MB', beyond, 'export', 'export-tf2onnx');
    line('conversion alone, wall time', 's', seconds, 'convert', 'convert-tf2onnx');
    line('conversion alone, peak memory', 'MB', megabytes, 'convert', 'convert-tf2onnx');
    return;
  }
  const cells = [
    title,
    bold(seconds('export').toFixed(2)),
    bold(beyond('export').toFixed(0)),
    seconds('export-tf2onnx').toFixed(1),
    beyond('export-tf2onnx').toFixed(0),
    seconds('convert').toFixed(2),
    megabytes('convert').toFixed(0),
    seconds('convert-tf2onnx').toFixed(1),
    megabytes('convert-tf2onnx').toFixed(0),
    (seconds('export') / seconds('export-tf2onnx')).toFixed(3),
    megabytes('tfjs').toFixed(0),
  ];
  console.log(`| ${cells.join(' | ')} |`);
  if (!title.startsWith('mobilenet 1,')) return;
  const isMet = seconds('export') <= BAR.seconds && beyond('export') <= BAR.megabytes;
  console.error(
    `The bar for MobileNet is ${BAR.seconds} s and ${BAR.megabytes} MB: ${isMet ? 'met' : 'MISSED'}.`,
  );
}

function bold(text: string): string {
  return `**${text}**`;
}

function median(given: readonly number[]): number {
  const sorted = given.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] as number;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] as number) + upper) / 2;
}
