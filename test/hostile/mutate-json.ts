import type { Chance } from './chance.ts';
import { placesOf, text, treeOf, write, type JsonTree, type Place } from './json-tree.ts';
import { mutateBytes, type Mutated } from './mutate-bytes.ts';

/** Numbers that somebody forgot; the last ones are no JSON. */
const NUMBERS: readonly string[] =
  '0 -0 -1 0.5 1e-320 1e308 1e999 -1e999 65537 100001 1e9 2147483648 4294967297 9007199254740993 NaN Infinity -Infinity 0x10 +1'.split(
    ' ',
  );

/** Texts that mean something to somebody. */
const TEXTS: readonly string[] = [
  ...'__proto__ constructor toString ../x ${x} <script> \u0000 \ud800 \ufeff \u202e \n 🦶'.split(
    ' ',
  ),
  '',
  ' ',
  'a'.repeat(201),
  'a'.repeat(100_001),
];

/** How many items a list gets at most: 10,000 labels, and more than the manifest takes. */
const LENGTHS = [3, 300, 10_000, 100_001] as const;

type Change = (place: Place, chance: Chance) => string;

function changeNumber({ replace }: Place, chance: Chance): string {
  const value = chance.pick(NUMBERS);
  replace([text(value)]);
  return value;
}

const CHANGES: readonly Change[] = [
  changeNumber,
  function string({ replace }, chance) {
    const value = chance.pick(TEXTS);
    replace([text(JSON.stringify(value))]);
    return JSON.stringify(value.slice(0, 20));
  },
  function otherType({ replace }, chance) {
    const value = chance.pick(['null', 'true', 'false', '[]', '{}', '[[]]', '[null]', '{"0":1}']);
    replace([text(value)]);
    return value;
  },
  function wrapped({ value, replace }, chance) {
    const kind = chance.pick(['text', 'array', 'object']);
    if (kind === 'array') replace([{ kind, items: [value] }]);
    else if (kind === 'object') replace([{ kind, entries: [{ key: 'value', value }] }]);
    else replace([text(JSON.stringify(write(value).slice(0, 1000)))]);
    return `in ${kind}`;
  },
  function gone({ replace }) {
    replace([]);
    return 'gone';
  },
  function twice({ value, replace }, chance) {
    replace(chance.is(0.5) ? [value, value] : [value, text(chance.pick(NUMBERS))]);
    return 'twice';
  },
  function deep({ value, replace }, chance) {
    const depth = chance.pick([20, 1000, 20_000, 200_000]);
    replace([text(`${'['.repeat(depth)}${write(value)}${']'.repeat(depth)}`)]);
    return `${depth} deep`;
  },
  function long(place, chance) {
    const length = chance.pick(LENGTHS);
    const unique = chance.is(0.7);
    const filler = (index: number): string =>
      place.value.kind === 'text' && !place.value.text.startsWith('"')
        ? place.value.text
        : JSON.stringify(unique ? `item ${index}` : 'item');
    const items = Array.from({ length }, (_, index) => text(filler(index)));
    // A list gets long; what is in a list becomes many.
    place.replace(place.value.kind === 'array' ? [{ kind: 'array', items }] : items);
    return `${length} items`;
  },
  function proto({ value }, chance) {
    const key = chance.pick(['__proto__', 'constructor', 'prototype']);
    const polluted = treeOf({ polluted: true });
    if (value.kind === 'object') value.entries.push({ key, value: polluted });
    else if (value.kind === 'array')
      value.items.push(treeOf({ a: 1 }), text(`{"${key}":{"polluted":true}}`));
    return `with ${key}`;
  },
  function renamed({ value }, chance) {
    if (value.kind !== 'object' || value.entries.length === 0) return 'as it was';
    const entry = chance.pick(value.entries);
    const key = chance.pick([...TEXTS, `${entry.key} `, entry.key.toUpperCase()]);
    entry.key = key;
    return `key ${JSON.stringify(key.slice(0, 20))}`;
  },
  function shuffled({ value }, chance) {
    const list: unknown[] =
      value.kind === 'array' ? value.items : value.kind === 'object' ? value.entries : [];
    if (list.length < 2) return 'as it was';
    const [first, second] = [chance.below(list.length), chance.below(list.length)];
    [list[first], list[second]] = [list[second], list[first]];
    return `swapped ${first} and ${second}`;
  },
];

/** One to three changes of a JSON value's tree, or damage to its text. */
export function mutateJson(value: unknown, chance: Chance): Mutated<string> {
  if (chance.is(0.12)) return mutateText(JSON.stringify(value), chance);
  const root: { kind: 'array'; items: JsonTree[] } = { kind: 'array', items: [treeOf(value)] };
  const done: string[] = [];
  for (let changes = chance.pick([1, 1, 1, 2, 3]); changes > 0; changes--) {
    const places = placesOf(root);
    // Every field has the same chance, however long the lists around it are: at most four items of each list count.
    const place = chance.pick(places.length === 0 ? [] : thinned(places));
    // Half the numbers stay numbers: another type is soon found.
    const isNumber = place.value.kind === 'text' && /^-?\d/u.test(place.value.text);
    const change = isNumber && chance.is(0.5) ? changeNumber : chance.pick(CHANGES);
    done.push(`${place.key} ${change.name}: ${change(place, chance)}`);
    if (root.items.length === 0) break;
  }
  return { mutation: done.join('; '), content: root.items.map((item) => write(item)).join('') };
}

function thinned(places: readonly Place[]): readonly Place[] {
  const seen = new Map<string, number>();
  return places.filter(({ key, value }) => {
    const kind = `${key} ${value.kind}`;
    const count = (seen.get(kind) ?? 0) + 1;
    seen.set(kind, count);
    return count <= 4;
  });
}

/** Damage to a text as bytes; what is no UTF-8 then becomes U+FFFD, as where a file is read. */
function mutateText(source: string, chance: Chance): Mutated<string> {
  const { mutation, content } = mutateBytes(new TextEncoder().encode(source), chance);
  return { mutation: `text ${mutation}`, content: new TextDecoder().decode(content) };
}
