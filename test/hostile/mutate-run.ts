import type { RunFiles } from './base-runs.ts';
import type { Chance } from './chance.ts';
import { placesOf, text, treeOf, write, type JsonTree, type Place } from './json-tree.ts';
import { mutateBytes, type Mutated } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';

/** What is written in a weight file's place: bytes, a folder, or a link to somewhere else. */
export type ShardContent =
  Uint8Array | { readonly kind: 'folder' } | { readonly kind: 'link'; readonly to: string };

/** A run folder as it is put on disk. */
export interface HostileRun {
  readonly modelJson: string;
  readonly runJson: string;
  readonly shards: ReadonlyMap<string, ShardContent>;
}

/** Files that are not the model's to read. `outside.bin` lies beside the run folder, with as many bytes as a weight file. */
const PATHS: readonly string[] = [
  ...'../outside.bin /etc/hostname a/../../outside.bin C:\\x \\\\host\\x ..\\outside.bin %2e%2e/outside.bin'.split(
    ' ',
  ),
  ...'. ./ run.json http://127.0.0.1:9/w.bin file:///etc/hostname ~/w.bin /proc/self/mem /dev/zero w\0.bin'.split(
    ' ',
  ),
  '',
  'x'.repeat(5000),
];

/** Sizes and settings of layers: where a number is what a loop or an array is made from. */
const SETTINGS =
  /^(?:kernel_size|strides|filters|units|pool_size|padding|size|cropping|target_shape|batch_input_shape|shape|dim|i|dilation_rate|depth_multiplier|axis|epsilon|rate|alpha|max_value)$/u;
const NUMBERS = [-1, 0, 1, 2, 3, 7, 1000, 65_537, 1e9, 2 ** 31, 2 ** 53, 0.5, -(2 ** 31), 1e300];

type Change = (run: RunFiles, chance: Chance) => Mutated<HostileRun>;

const CHANGES: readonly (readonly [weight: number, change: Change])[] = [
  [
    5,
    (run, chance) => {
      const { mutation, content } = mutateJson(run.modelJson, chance);
      return { mutation: `model.json ${mutation}`, content: { ...plain(run), modelJson: content } };
    },
  ],
  [
    2,
    (run, chance) => {
      const { mutation, content } = mutateJson(run.runJson, chance);
      return { mutation: `run.json ${mutation}`, content: { ...plain(run), runJson: content } };
    },
  ],
  [
    6,
    inModelJson(
      'setting',
      (place) => SETTINGS.test(place.key) && isNumber(place.value),
      changeNumber,
    ),
  ],
  [
    2,
    inModelJson(
      'name',
      ({ key }) =>
        ['name', 'class_name', 'op', 'input', 'className', 'dtype', 'format'].includes(key),
      (place, chance, all) => {
        const other = chance.pick(all);
        place.replace([other.value]);
        return write(other.value).slice(0, 40);
      },
    ),
  ],
  [
    3,
    inModelJson(
      'path',
      ({ key, value }) => key === 'paths' && value.kind === 'text',
      ({ replace }, chance) => {
        const path = chance.pick(PATHS);
        replace([text(JSON.stringify(path))]);
        return path.slice(0, 40);
      },
    ),
  ],
  [
    3,
    inModelJson(
      'weight shape',
      (place) => place.key === 'shape' && isNumber(place.value),
      changeNumber,
    ),
  ],
  [
    2,
    inModelJson(
      'quantisation',
      ({ key }) => ['quantization', 'min', 'scale', 'dtype'].includes(key),
      ({ replace }, chance) => {
        const value = chance.pick([
          '"uint8"',
          '"float16"',
          '"string"',
          '"complex64"',
          '"bool"',
          '1e999',
          '-1e308',
          'null',
          '{}',
        ]);
        replace([text(value)]);
        return value;
      },
    ),
  ],
  [2, inModelJson('deep', ({ key }) => key === 'layers' || key === 'config', nest)],
  [6, changeShard],
];

const TOTAL = CHANGES.reduce((sum, [weight]) => sum + weight, 0);

/** One change to a run folder. */
export function mutateRun(run: RunFiles, chance: Chance): Mutated<HostileRun> {
  let rest = chance.below(TOTAL);
  for (const [weight, change] of CHANGES) {
    if (rest < weight) return change(run, chance);
    rest -= weight;
  }
  throw new TypeError('no change');
}

/** The folder without a mutation. */
export function plain({ modelJson, runJson, shards }: RunFiles): HostileRun {
  return { modelJson: JSON.stringify(modelJson), runJson: JSON.stringify(runJson), shards };
}

/** A change at a place of model.json that `fits`. */
function inModelJson(
  kind: string,
  fits: (place: Place) => boolean,
  change: (place: Place, chance: Chance, all: readonly Place[]) => string,
): Change {
  return (run, chance) => {
    const root: JsonTree = { kind: 'array', items: [treeOf(run.modelJson)] };
    const done: string[] = [];
    for (let changes = chance.pick([1, 1, 2]); changes > 0; changes--) {
      const places = placesOf(root).filter((place) => fits(place));
      if (places.length === 0) break;
      const place = chance.pick(places);
      done.push(`${kind} ${place.key}: ${change(place, chance, places)}`);
    }
    const modelJson = root.items.map((item) => write(item)).join('');
    return { mutation: done.join('; '), content: { ...plain(run), modelJson } };
  };
}

function changeNumber({ value, replace }: Place, chance: Chance): string {
  const before = value.kind === 'text' ? Number(value.text.replaceAll('"', '')) : 0;
  const after = chance.is(0.4) ? before + chance.pick([-1, 1]) : chance.pick(NUMBERS);
  // TensorFlow's graphs have integers as text.
  const isText = value.kind === 'text' && value.text.startsWith('"');
  replace([text(isText ? `"${after}"` : `${after}`)]);
  return `${before} to ${after}`;
}

function isNumber(value: JsonTree): boolean {
  return value.kind === 'text' && /^"?-?\d+(?:\.\d+)?"?$/u.test(value.text);
}

/** Models inside models, or configurations inside configurations. */
function nest(place: Place, chance: Chance): string {
  const depth = chance.pick([3, 20, 200, 5000]);
  const around = '{"class_name":"Sequential","config":{"name":"s","layers":[';
  const inside = write(place.value);
  place.replace([text(`[${around.repeat(depth)}${inside}${']}}'.repeat(depth)}]`)]);
  return `${depth} models`;
}

/** Damage to one weight file, with model.json as it was. */
function changeShard(run: RunFiles, chance: Chance): Mutated<HostileRun> {
  const name = chance.pick([...run.shards.keys()]);
  const bytes = run.shards.get(name) ?? new Uint8Array();
  const shards = new Map<string, ShardContent>(run.shards);
  const kind = chance.pick([
    'bytes',
    'bytes',
    'bytes',
    'floats',
    'missing',
    'folder',
    'link',
    'long',
    'swapped',
  ]);
  if (kind === 'missing') shards.delete(name);
  else if (kind === 'folder') shards.set(name, { kind });
  else if (kind === 'link')
    shards.set(name, { kind, to: chance.pick(['../outside.bin', 'run.json', name]) });
  else if (kind === 'long')
    shards.set(name, new Uint8Array(bytes.length + chance.pick([1, 4, 10_000_000])));
  else if (kind === 'swapped') shards.set(name, [...run.shards.values()].at(-1) ?? bytes);
  else if (kind === 'floats') {
    // Not a number, infinite, or the largest there is: bytes that are right and values that are not.
    const copy = bytes.slice();
    const filling = chance.pick([
      [0, 0, 192, 127],
      [0, 0, 128, 127],
      [255, 255, 127, 127],
      [1, 0, 0, 0],
    ]);
    const count = chance.pick([1, 4, Math.floor(copy.length / 4)]);
    const first = chance.below(Math.floor(copy.length / 4));
    for (let at = first * 4; at < Math.min(copy.length, (first + count) * 4); at++)
      copy[at] = filling[at % 4] ?? 0;
    shards.set(name, copy);
  } else {
    const { mutation, content } = mutateBytes(bytes, chance);
    shards.set(name, content);
    return { mutation: `${name} ${mutation}`, content: { ...plain(run), shards } };
  }
  return { mutation: `${name} ${kind}`, content: { ...plain(run), shards } };
}
