// What a training step costs beside Keras' on the same libtensorflow, and beside stock tfjs-node's.
//
//   npm run bench:training -- [--rounds 20] [--warm-up 20] [--case TEXT] [--json]
//
// Needs `isometry setup train`, `isometry setup judges` and about 10 GB of memory. Per case three live processes take
// one step each a round, in turn, on the same work: forward, backward and Adam of the backbone with pooling and
// a dense layer, cross-entropy, images from memory. CPU time is what it is judged by: wall time also counts who else
// is on the machine, so it is only compared within a round.
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { judgesPython, NO_JUDGES } from '../test/judges.ts';
import { startTrainer, type LiveTrainer, type StepCost } from './training/live-trainer.ts';

const SIZE = 128;
const CLASSES = 7;
const CASES = [
  { title: 'MobileNet 1.0', backbone: 'mobilenet', batch: 16 },
  { title: 'MobileNet 1.0', backbone: 'mobilenet', batch: 32 },
  { title: 'ResNet50', backbone: 'resnet50', batch: 16 },
  { title: 'InceptionV3', backbone: 'inceptionv3', batch: 16 },
] as const;
const TFJS_STEPS = fileURLToPath(new URL('training/tfjs-steps.ts', import.meta.url));
const KERAS_STEPS = fileURLToPath(new URL('training/keras_steps.py', import.meta.url));

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '20' },
    'warm-up': { type: 'string', default: '20' },
    case: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
  },
});
const found = judgesPython();
if (found === undefined) {
  console.error(NO_JUDGES);
  process.exit(1);
}
const python = found;

interface Sides<Value> {
  readonly ours: Value;
  readonly keras: Value;
  readonly stock: Value;
}

if (!values.json) {
  console.log(`Per step at ${SIZE} px, medians of ${values.rounds} rounds. Lower is better.\n`);
  console.log(
    '| case | CPU ms: ours | Keras | stock tfjs-node | CPU: ours / Keras | stock / Keras | wall: ours / Keras (interquartile) | peak RSS GB: ours, Keras, stock |',
  );
  console.log('|---|---|---|---|---|---|---|---|');
}
for (const { title, backbone, batch } of CASES) {
  const name = `${title}, batch ${batch}`;
  if (!name.includes(values.case)) continue;
  report(name, await measure(backbone, batch));
}

interface Measured {
  readonly names: Sides<string>;
  readonly rounds: readonly Sides<StepCost>[];
}

async function measure(backbone: string, batch: number): Promise<Measured> {
  const work = [backbone, String(batch), String(SIZE), String(CLASSES), values['warm-up']];
  const node = (kind: string): Promise<LiveTrainer> =>
    startTrainer(process.execPath, [...process.execArgv, TFJS_STEPS, kind, ...work]);
  const [ours, keras, stock] = [
    await node('ours'),
    await startTrainer(python, [KERAS_STEPS, ...work]),
    await node('stock'),
  ];
  const trainers = { ours, keras, stock };
  try {
    if (ours.parameters !== keras.parameters) {
      throw new TypeError(
        `${ours.parameters} and ${keras.parameters} parameters are not the same work`,
      );
    }
    const rounds: Sides<StepCost>[] = [];
    const order: (keyof typeof trainers)[] = ['ours', 'keras', 'stock'];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      const costs: Partial<Record<keyof typeof trainers, StepCost>> = {};
      for (const side of order) costs[side] = await trainers[side].step();
      rounds.push(costs as Sides<StepCost>);
      // Whoever came first comes last: what a step leaves behind in the caches meets each of the others.
      order.push(order.shift() as keyof typeof trainers);
    }
    return { names: { ours: ours.name, keras: keras.name, stock: stock.name }, rounds };
  } finally {
    await Promise.all(Object.values(trainers).map((trainer) => trainer.stop()));
  }
}

function report(name: string, { names, rounds }: Measured): void {
  const each = (value: (cost: StepCost) => number): Sides<number> => ({
    ours: quantile(
      rounds.map(({ ours }) => value(ours)),
      0.5,
    ),
    keras: quantile(
      rounds.map(({ keras }) => value(keras)),
      0.5,
    ),
    stock: quantile(
      rounds.map(({ stock }) => value(stock)),
      0.5,
    ),
  });
  const cpu = each(({ cpuMs }) => cpuMs);
  const wall = each(({ wallMs }) => wallMs);
  const memory = each(({ peakRssBytes }) => peakRssBytes / 1e9);
  const pairs = rounds.map(({ ours, keras }) => ours.wallMs / keras.wallMs);
  if (values.json) {
    const line = (metric: string, unit: string, of: Sides<number>, peer: 'keras' | 'stock') => ({
      bench: 'training',
      case: name,
      metric,
      ours: of.ours,
      peer: of[peer],
      peerName: names[peer],
      ratio: of.ours / of[peer],
      unit,
      better: 'lower',
    });
    for (const peer of ['keras', 'stock'] as const) {
      console.log(JSON.stringify(line('CPU time per step', 'ms', cpu, peer)));
      console.log(JSON.stringify(line('wall time per step', 'ms', wall, peer)));
      console.log(JSON.stringify(line('peak memory', 'GB', memory, peer)));
    }
    return;
  }
  const quartiles = [0.25, 0.75].map((at) => quantile(pairs, at).toFixed(2)).join(' to ');
  const cells = [
    name,
    ...[cpu.ours, cpu.keras, cpu.stock].map((value) => value.toFixed(0)),
    `**${(cpu.ours / cpu.keras).toFixed(2)}**`,
    (cpu.stock / cpu.keras).toFixed(2),
    `${quantile(pairs, 0.5).toFixed(2)} (${quartiles})`,
    [memory.ours, memory.keras, memory.stock].map((value) => value.toFixed(1)).join(', '),
  ];
  console.log(`| ${cells.join(' | ')} |`);
}

/** Of the sorted values, with linear interpolation. */
function quantile(given: readonly number[], at: number): number {
  const sorted = given.toSorted((a, b) => a - b);
  const place = at * (sorted.length - 1);
  const low = Math.floor(place);
  const [below, above] = [sorted[low] as number, sorted[Math.ceil(place)] as number];
  return below + (place - low) * (above - below);
}
