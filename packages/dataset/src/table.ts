import { readFile } from 'node:fs/promises';
import { basename, extname } from 'node:path';
import { IsometryError } from '@isometry/core';
import { parse } from 'csv-parse/sync';

/** A table of text, as a metadata file or a list holds it. */
export interface Table {
  /** The file's name, for messages. */
  readonly name: string;
  readonly columns: readonly string[];
  /** As many values as columns; `''` where there is none. */
  readonly rows: readonly (readonly string[])[];
}

/** A row longer than this is no row of labels, but a file of something else or an unclosed quote. */
const MAX_ROW_LENGTH = 2 ** 20;

/**
 * Reads a table: a `.jsonl` file has an object a line, any other is CSV with a header (RFC 4180).
 * Numbers and booleans become text.
 * @throws `DATASET_METADATA_INVALID`
 */
export async function readTable(path: string): Promise<Table> {
  const name = basename(path);
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw invalidTable(
      `${path} cannot be read.`,
      'Check that it is there, with a row per image.',
      { file: path },
      cause,
    );
  });
  try {
    return extname(path).toLowerCase() === '.jsonl' ? parseJsonl(name, text) : parseCsv(name, text);
  } catch (cause) {
    throw invalidTable(
      `${name} is malformed: ${cause instanceof Error ? cause.message : String(cause)}`,
      extname(path).toLowerCase() === '.jsonl'
        ? 'Write one JSON object a line, with a text or a number for each column.'
        : 'Write it as comma-separated values, quoted where a value holds a comma.',
      { file: path },
      cause,
    );
  }
}

/** The position of a column. @throws `DATASET_METADATA_INVALID` */
export function columnIndex({ name, columns }: Table, column: string): number {
  const index = columns.indexOf(column);
  if (index !== -1) return index;
  throw invalidTable(`${name} has no column "${column}".`, `It has: ${columns.join(', ')}.`, {
    column,
    columns,
  });
}

/** A `DATASET_METADATA_INVALID`. */
export function invalidTable(
  message: string,
  hint: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): IsometryError {
  return new IsometryError('DATASET_METADATA_INVALID', message, { hint, details, cause });
}

function parseCsv(name: string, text: string): Table {
  // Rows as arrays, not objects: a column may be called __proto__.
  const [columns = [], ...rows] = parse(text, {
    bom: true,
    skip_empty_lines: true,
    max_record_size: MAX_ROW_LENGTH,
  });
  const twice = columns.find((column, index) => columns.indexOf(column) !== index);
  if (twice !== undefined) throw new SyntaxError(`it has two columns "${twice}".`);
  return { name, columns, rows };
}

function parseJsonl(name: string, text: string): Table {
  const objects: ReadonlyMap<string, string>[] = [];
  const columns = new Set<string>();
  for (const [index, line] of text
    .replace(/^\uFEFF/u, '')
    .split('\n')
    .entries()) {
    if (line.trim() === '') continue;
    const values = parseObject(line, `line ${index + 1}`);
    for (const column of values.keys()) columns.add(column);
    objects.push(values);
  }
  const rows = objects.map((values) => [...columns].map((column) => values.get(column) ?? ''));
  return { name, columns: [...columns], rows };
}

function parseObject(line: string, where: string): ReadonlyMap<string, string> {
  if (line.length > MAX_ROW_LENGTH) throw new SyntaxError(`${where} is ${line.length} long.`);
  const parsed = parseJson(line, where);
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new SyntaxError(`${where} is no object.`);
  }
  // Nested values (a list of boxes, a caption's tokens) are no labels: left out as if they were not there.
  return new Map(
    Object.entries(parsed)
      .filter(([, value]) => ['string', 'number', 'boolean'].includes(typeof value))
      .map(([column, value]) => [column, String(value)]),
  );
}

function parseJson(line: string, where: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new SyntaxError(`${where} is no JSON.`, { cause });
  }
}
