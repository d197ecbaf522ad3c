/**
 * JSON as it is written: an object may hold a key twice or `__proto__`, and a value may be text that is no JSON (`NaN`).
 */
export type JsonTree =
  | { readonly kind: 'object'; entries: { key: string; value: JsonTree }[] }
  | { readonly kind: 'array'; items: JsonTree[] }
  | { readonly kind: 'text'; text: string };

/** A fresh tree of a JSON value. */
export function treeOf(value: unknown): JsonTree {
  if (Array.isArray(value)) return { kind: 'array', items: value.map((item) => treeOf(item)) };
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, item]) => ({ key, value: treeOf(item) }));
    return { kind: 'object', entries };
  }
  return text(JSON.stringify(value));
}

export function text(source: string): JsonTree {
  return { kind: 'text', text: source };
}

export function write(tree: JsonTree): string {
  if (tree.kind === 'text') return tree.text;
  if (tree.kind === 'array') return `[${tree.items.map((item) => write(item)).join(',')}]`;
  return `{${tree.entries.map(({ key, value }) => `${JSON.stringify(key)}:${write(value)}`).join(',')}}`;
}

/** A place in a tree: where a value hangs, by which a mutation replaces or removes it. */
export interface Place {
  /** The last key on the way, for mutations that look for a field. */
  readonly key: string;
  readonly value: JsonTree;
  /** Puts any number of values where this one is; under the same key in an object. */
  readonly replace: (values: readonly JsonTree[]) => void;
}

/** Every value below the root. */
export function placesOf(root: JsonTree, key = ''): Place[] {
  if (root.kind === 'array') {
    return root.items.flatMap((value) => {
      const replace = (values: readonly JsonTree[]): void => {
        root.items.splice(root.items.indexOf(value), 1, ...values);
      };
      return [{ key, value, replace }, ...placesOf(value, key)];
    });
  }
  if (root.kind === 'object') {
    return root.entries.flatMap((entry) => {
      const replace = (values: readonly JsonTree[]): void => {
        const copies = values.map((value) => ({ key: entry.key, value }));
        root.entries.splice(root.entries.indexOf(entry), 1, ...copies);
      };
      return [{ key: entry.key, value: entry.value, replace }, ...placesOf(entry.value, entry.key)];
    });
  }
  return [];
}
