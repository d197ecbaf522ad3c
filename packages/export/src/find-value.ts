import type { ConvertedGraph, NamedValue } from './converted-graph.ts';
import { roleUnclear, type ModelOption } from './role-unclear.ts';

/** How many names an error lists. */
const MAX_NAMED = 8;

/**
 * The value of an output, or of a layer or operation; the models that a layer is in may be left out of its name
 * where it is the only one. @throws `OPTION_INVALID` listing names that are near
 */
export function findValue(graph: ConvertedGraph, name: string, option: ModelOption): NamedValue {
  const output = graph.outputs.find((one) => one.name === name);
  if (output !== undefined) return output;
  const exact = graph.layers.filter((layer) => layer.name === name);
  const found =
    exact.length > 0 ? exact : graph.layers.filter((layer) => layer.name.endsWith(`/${name}`));
  const [layer] = found;
  if (layer !== undefined && found.length === 1) return { name: layer.name, value: layer.value };
  const names = [...new Set(graph.layers.map((one) => one.name))];
  const problem =
    found.length > 1
      ? `it is called ${found.length} times, and which of them is meant is not clear`
      : `no layer has this name; the nearest are ${quoted(nearest(name, names))}`;
  throw roleUnclear(option, `Layer "${name}": ${problem}`);
}

/** `"a", "b"`, at most eight of them. */
export function quoted(names: readonly string[]): string {
  return names
    .slice(0, MAX_NAMED)
    .map((name) => `"${name}"`)
    .join(', ');
}

/** Names by how many pairs of letters they share with one (Dice 1945), the nearest first. */
function nearest(name: string, names: readonly string[]): readonly string[] {
  const wanted = pairs(name);
  const score = (other: string): number => {
    const own = pairs(other);
    const shared = [...own].filter((pair) => wanted.has(pair)).length;
    return (2 * shared) / (own.size + wanted.size);
  };
  return names
    .map((other) => ({ other, score: score(other) }))
    .sort((a, b) => b.score - a.score)
    .slice(0, MAX_NAMED)
    .map(({ other }) => other);
}

function pairs(text: string): ReadonlySet<string> {
  const lower = ` ${text.toLowerCase()} `;
  return new Set(Array.from({ length: lower.length - 1 }, (_, at) => lower.slice(at, at + 2)));
}
