import { readFile } from 'node:fs/promises';
import { IsometryError } from '@isometry/core';

/**
 * Reads the labels of a model from a file, in the order of its logits. Takes what is in use: one label a line;
 * a JSON array; `labels` of Teachable Machine's metadata.json; `id2label` of a config.json; Keras'
 * `{ "0": ["n01440764", "tench"], … }`.
 * @throws `FILE_NOT_FOUND`, `OPTION_INVALID`
 */
export async function readLabels(path: string): Promise<readonly string[]> {
  let text: string;
  try {
    text = (await readFile(path, 'utf8')).replace(/^\uFEFF/u, '');
  } catch (cause) {
    throw new IsometryError('FILE_NOT_FOUND', `The labels cannot be read from ${path}.`, {
      hint: 'Name a text file with one label a line, or a JSON file, with --labels.',
      cause,
      details: { path },
    });
  }
  const isJson = path.endsWith('.json') || (/^\s*[[{]/u.test(text) && fromJson(text) !== undefined);
  const labels = isJson ? fromJson(text) : fromLines(text);
  if (labels !== undefined && labels.length > 0) return labels;
  throw new IsometryError('OPTION_INVALID', `${path} holds no list of labels.`, {
    hint: 'Write one label a line, or a JSON array of strings.',
    details: { option: 'labels', path },
  });
}

function fromLines(text: string): readonly string[] {
  const lines = text.split(/\r?\n/u).map((line) => line.trim());
  while (lines.at(-1) === '') lines.pop();
  return lines;
}

function fromJson(text: string): readonly string[] | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (Array.isArray(value)) return strings(value);
  if (typeof value !== 'object' || value === null) return undefined;
  if ('labels' in value && Array.isArray(value.labels)) return strings(value.labels);
  return fromPositions('id2label' in value ? value.id2label : value);
}

/** `{ "0": "a", "1": "b" }`, without a gap. */
function fromPositions(value: unknown): readonly string[] | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const entries = new Map(Object.entries(value));
  const list = Array.from({ length: entries.size }, (_, index): unknown => {
    const entry: unknown = entries.get(String(index));
    return Array.isArray(entry) ? entry.at(-1) : entry;
  });
  return strings(list);
}

function strings(values: readonly unknown[]): readonly string[] | undefined {
  return values.every((value) => typeof value === 'string') ? values : undefined;
}
