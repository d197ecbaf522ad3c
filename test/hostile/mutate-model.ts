import type { Chance } from './chance.ts';
import { mutateBytes, type Mutated } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import { parseFields, writeFields, type ProtobufField } from './protobuf-tree.ts';

/** Lengths and integers at which signed, unsigned, 32-bit, 53-bit and 64-bit arithmetic part, and one on either side. */
const INTEGERS: readonly bigint[] = [0n, 7n, 8n, 31n, 32n, 53n, 62n, 63n, 64n].flatMap((bits) => [
  2n ** bits - 1n,
  2n ** bits,
  2n ** bits + 1n,
]);

const TEXTS = ['', '__proto__', '\0', '\ufeff', '🦶'.repeat(50), 'x'.repeat(100_000)] as const;

/** What one change made larger is not made larger again: a case is to cost the reader, not the test. */
const MAX_FILE_BYTES = 1_000_000;

interface Spot {
  readonly list: ProtobufField[];
  readonly field: ProtobufField;
  readonly depth: number;
}

function spotsOf(list: ProtobufField[], depth = 0): Spot[] {
  return list.flatMap((field) => [
    { list, field, depth },
    ...(Array.isArray(field.content) ? spotsOf(field.content, depth + 1) : []),
  ]);
}

type Change = (spot: Spot, chance: Chance, all: readonly Spot[]) => string;

const CHANGES: readonly Change[] = [
  function length({ field }, chance) {
    const size = sizeOf(field);
    const announced = chance.is(0.5)
      ? chance.pick(INTEGERS)
      : BigInt(Math.max(0, size + chance.pick([-1, 1, -2, 2, 100, -100, size])));
    field.wire = 2;
    if (typeof field.content === 'bigint') field.content = new Uint8Array();
    field.announced = announced;
    return `${announced} for ${size}`;
  },
  function value({ field }, chance) {
    if (typeof field.content === 'bigint') {
      field.content = chance.is(0.7)
        ? chance.pick(INTEGERS)
        : field.content + chance.pick([-1n, 1n]);
      return `${field.content}`;
    }
    if (Array.isArray(field.content)) {
      field.content = [];
      return 'empty';
    }
    const content = chance.is(0.4)
      ? new TextEncoder().encode(chance.pick(TEXTS))
      : mutateBytes(field.content, chance).content;
    field.content = content;
    return `${content.length} bytes`;
  },
  function wire({ field }, chance) {
    field.wire = chance.below(8);
    return `${field.wire}`;
  },
  function number({ field }, chance) {
    field.number = chance.is(0.8)
      ? 1 + chance.below(26)
      : chance.pick([0, 2 ** 28, 2 ** 29 - 1, 2 ** 31]);
    return `${field.number}`;
  },
  function gone({ list, field }) {
    list.splice(list.indexOf(field), 1);
    return '';
  },
  function twice({ list, field }, chance) {
    const count = chance.pick([1, 1, 1, 100, 3000]);
    for (let copies = count; copies > 0; copies--) list.push(field);
    return `${count} more`;
  },
  function moved({ list, field }, chance) {
    list.splice(list.indexOf(field), 1);
    list.splice(chance.below(list.length + 1), 0, field);
    return '';
  },
  function other({ field }, chance, all) {
    const { field: from } = chance.pick(all);
    field.content = structuredClone(from.content);
    if (chance.is(0.5)) field.wire = from.wire;
    return `content of a field ${from.number}`;
  },
  function deep({ list, field }, chance) {
    const depth = chance.pick([5, 31, 32, 33, 100, 10_000]);
    list.splice(list.indexOf(field), 1, nested(depth));
    return `${depth} graphs`;
  },
  function noise({ field }, chance) {
    field.wire = 2;
    field.content = Uint8Array.from({ length: chance.pick([1, 10, 1000, 100_000]) }, () =>
      chance.below(256),
    );
    return `${field.content.length} bytes`;
  },
  function zeros({ field }, chance) {
    // As packed integers or empty messages they cost most.
    field.wire = 2;
    field.content = new Uint8Array(chance.pick([1000, 100_000, 900_000]));
    return `${field.content.length} bytes`;
  },
];

/** Graphs inside attributes of nodes of graphs: as a node of the outermost. */
function nested(depth: number): ProtobufField {
  let content: Uint8Array = writeFields([{ number: 2, wire: 2, content: new Uint8Array([103]) }]);
  // From the inside out: graph in attribute (6) in node (5) in graph (1).
  const wrap = (number: number, ...more: readonly ProtobufField[]): void => {
    content = writeFields([{ number, wire: 2, content }, ...more]);
  };
  for (let level = 0; level < Math.min(depth, 400); level++) {
    wrap(6, { number: 20, wire: 0, content: 5n });
    wrap(5, { number: 4, wire: 2, content: new Uint8Array([73, 102]) });
    if (level < depth - 1) wrap(1);
  }
  // Deeper ones as nothing but lengths, which no reader can tell from messages.
  for (let level = 400; level < depth; level++)
    content = writeFields([{ number: 1, wire: 2, content }]);
  return { number: 1, wire: 2, content };
}

function sizeOf({ content }: ProtobufField): number {
  if (typeof content === 'bigint') return 0;
  return Array.isArray(content) ? writeFields(content).length : content.length;
}

/** One to three changes of an ONNX file's fields, or of the manifest in it, or damage to its bytes. */
export function mutateModel(
  bytes: Uint8Array,
  manifest: unknown,
  chance: Chance,
): Mutated<Uint8Array> {
  if (chance.is(0.2)) return mutateBytes(bytes, chance);
  const fields = parseFields(bytes);
  if (chance.is(0.1)) {
    const { mutation, content } = mutateJson(manifest, chance);
    setManifest(fields, content);
    return { mutation: `manifest ${mutation}`, content: writeFields(fields) };
  }
  const done: string[] = [];
  for (let changes = chance.pick([1, 1, 1, 2, 3]); changes > 0; changes--) {
    const spots = spotsOf(fields);
    if (spots.length === 0) break;
    // The outer fields are few, and most of what can go wrong goes wrong in them.
    const depth = chance.below(7);
    if (sizeOf({ number: 0, wire: 2, content: fields }) > MAX_FILE_BYTES) break;
    const near = spots.filter((spot) => spot.depth === depth);
    const spot = chance.pick(near.length === 0 ? spots : near);
    const change = chance.pick(CHANGES);
    const before = `${spot.field.type ?? 'field'} ${spot.field.number}`;
    done.push(`${before} ${change.name}: ${change(spot, chance, spots)}`);
  }
  return { mutation: done.join('; '), content: writeFields(fields) };
}

function setManifest(fields: readonly ProtobufField[], json: string): void {
  for (const { number, content } of fields) {
    if (number !== 14 || !Array.isArray(content)) continue;
    const [key, value] = content;
    const isManifest =
      key?.content instanceof Uint8Array &&
      new TextDecoder().decode(key.content) === 'isometry.manifest';
    if (isManifest && value !== undefined) value.content = new TextEncoder().encode(json);
  }
}
