import { access } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { columnIndex, invalidTable, readTable, type Table } from './table.ts';

/** What a folder's metadata may be called, as in a Hugging Face ImageFolder. */
export const METADATA_FILES = ['metadata.csv', 'metadata.jsonl'] as const;

/** Columns that name the image, best first; a value is a path, a file name or a file stem. */
const KEY_COLUMNS = ['file_name', 'image_id'] as const;

/** How many images an error names. */
const NAMED = 3;

/**
 * Reads the metadata of a folder.
 * @returns undefined when it has none
 * @throws `DATASET_METADATA_INVALID` when it is malformed, or there are two
 */
export async function readMetadata(folder: string): Promise<Table | undefined> {
  const found: string[] = [];
  for (const name of METADATA_FILES) {
    const isThere = await access(join(folder, name)).then(
      () => true,
      () => false,
    );
    if (isThere) found.push(join(folder, name));
  }
  const [path, second] = found;
  if (second !== undefined) {
    throw invalidTable(
      `${folder} holds both ${METADATA_FILES.join(' and ')}.`,
      'Leave one of them.',
      { folder },
    );
  }
  return path === undefined ? undefined : readTable(path);
}

/**
 * Looks up `column` of a table for every file. Rows are joined by `file_name` (path inside the table's
 * folder, or file name) or `image_id` (file name without its extension). Rows without an image are passed
 * over: a table often describes more than one folder holds.
 * @param files paths inside the table's folder
 * @returns the value by file
 * @throws `DATASET_METADATA_INVALID` when the column or a value is missing, two rows differ, a row fits two
 *   images or names a file outside the folder
 */
export function joinColumn(
  table: Table,
  column: string,
  files: readonly string[],
): ReadonlyMap<string, string> {
  const valueAt = columnIndex(table, column);
  const keyColumn = KEY_COLUMNS.find((name) => table.columns.includes(name));
  if (keyColumn === undefined) {
    throw invalidTable(
      `${table.name} has no column that names the image.`,
      `Add a column ${KEY_COLUMNS.join(' or ')}.`,
      { columns: table.columns },
    );
  }
  const keyAt = table.columns.indexOf(keyColumn);
  const values = new Map<string, string>();
  for (const row of table.rows) {
    const key = readKey(row[keyAt] ?? '', table);
    const value = row[valueAt] ?? '';
    const known = values.get(key);
    if (known !== undefined && known !== value) {
      throw invalidTable(
        `${table.name} has two rows for "${key}" that differ in "${column}".`,
        'Leave one row per image.',
        { key, column },
      );
    }
    values.set(key, value);
  }
  return joinValues(files, values, table, column);
}

/** A path inside the folder, with forward slashes. */
function readKey(written: string, table: Table): string {
  const key = written.replaceAll('\\', '/').replace(/^(?:\.\/)+/u, '');
  if (isOutside(key)) {
    throw invalidTable(
      `${table.name} names "${written}", which is not inside the image folder.`,
      'Give paths inside the folder that holds it.',
      { key: written },
    );
  }
  return key;
}

/** Whether a path with forward slashes leads out of the folder that it starts from, or may. */
export function isOutside(path: string): boolean {
  return /^(?:\/|[A-Za-z]:)/u.test(path) || path.split('/').includes('..') || path.includes('\0');
}

function joinValues(
  files: readonly string[],
  values: ReadonlyMap<string, string>,
  table: Table,
  column: string,
): Map<string, string> {
  const joined = new Map<string, string>();
  const usedBy = new Map<string, string>();
  const missing: string[] = [];
  for (const file of files) {
    const key = keysOf(file).find((candidate) => values.has(candidate));
    const value = key === undefined ? '' : (values.get(key) as string);
    if (key === undefined || value === '') {
      missing.push(file);
      continue;
    }
    const other = usedBy.get(key);
    if (other !== undefined) {
      throw invalidTable(
        `The row "${key}" of ${table.name} fits both ${other} and ${file}.`,
        'Give paths inside the image folder in the column file_name.',
        { key, files: [other, file] },
      );
    }
    usedBy.set(key, file);
    joined.set(file, value);
  }
  if (missing.length > 0) {
    throw invalidTable(
      `${table.name} gives no "${column}" for ${missing.length} of ${files.length} images, e.g. ${missing.slice(0, NAMED).join(', ')}.`,
      'Add the missing rows or values, or do without the column.',
      { column, count: missing.length, files: missing.slice(0, NAMED) },
    );
  }
  return joined;
}

/** What a row may call a file: its path, its name, its name without the extension. */
function keysOf(file: string): readonly string[] {
  return [file, basename(file), basename(file, extname(file))];
}
