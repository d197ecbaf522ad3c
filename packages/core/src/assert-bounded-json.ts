import { IsometryError } from './errors.ts';

/** Keys that could reach a prototype when a later reader merges objects carelessly. */
const FORBIDDEN_KEYS: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Most items of a list: as many labels as a manifest may have. */
export const MAX_LIST_ITEMS = 100_000;

/**
 * Most keys of an object. A schema's mistakes are collected before they are reported: 300,000 of them overflowed the
 * call stack.
 */
const MAX_OBJECT_KEYS = 1000;

/** Most values in all: four million characters of JSON hold no more, and an object that holds itself holds endlessly many. */
const MAX_VALUES = 2_000_000;

/**
 * Checks, without recursion, that a JSON value has no key that reaches for a prototype, and no list or object that is
 * longer than a manifest needs. @throws `MANIFEST_INVALID`
 */
export function assertBoundedJson(root: unknown): void {
  const rest = [root];
  for (let count = 0; rest.length > 0; count++) {
    if (count > MAX_VALUES) throw tooLong(`more than ${MAX_VALUES} values`);
    const value = rest.pop();
    if (typeof value !== 'object' || value === null) continue;
    const keys = Array.isArray(value) ? [] : Object.keys(value);
    const forbidden = keys.find((key) => FORBIDDEN_KEYS.has(key));
    if (forbidden !== undefined) {
      throw new IsometryError(
        'MANIFEST_INVALID',
        `The manifest has the forbidden key "${forbidden}".`,
        {
          hint: 'Give the entry another name, and export the model again.',
          details: { key: forbidden },
        },
      );
    }
    const isLong = Array.isArray(value)
      ? value.length > MAX_LIST_ITEMS
      : keys.length > MAX_OBJECT_KEYS;
    if (isLong) {
      throw tooLong(
        `a list of more than ${MAX_LIST_ITEMS} items, or an object of more than ${MAX_OBJECT_KEYS} keys`,
      );
    }
    for (const item of Object.values(value)) rest.push(item);
  }
}

function tooLong(what: string): IsometryError {
  return new IsometryError('MANIFEST_INVALID', `The manifest has ${what}.`, {
    hint: 'Use fewer labels or hyperparameters, and export the model again.',
  });
}
