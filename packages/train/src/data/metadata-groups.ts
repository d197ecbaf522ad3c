import { readFile } from 'node:fs/promises';
import { basename, extname, join } from 'node:path';
import { IsometryError } from '@isometry/core';
import { parse } from 'csv-parse/sync';

/** Columns that name the image, best first; a value is a path, a file name or a file stem. */
const KEY_COLUMNS = ['file_name', 'image_id'] as const;

/** How many missing images an error names. */
const NAMED = 3;

/**
 * Reads `column` of `ROOT/metadata.csv` for every file. Rows are joined by `file_name` (path inside the
 * folder, or file name) or `image_id` (file name without its extension).
 * @returns the value of `column` by file
 * @throws `DATASET_METADATA_INVALID` when file, column or a row is missing, or a row fits two images
 */
export async function readGroups(
  root: string,
  column: string,
  files: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const { header, rows } = await readTable(root);
  const valueAt = header.indexOf(column);
  if (valueAt === -1) {
    throw invalid(`metadata.csv has no column "${column}".`, `It has: ${header.join(', ')}.`, {
      column,
      columns: header,
    });
  }
  const keyColumn = KEY_COLUMNS.find((name) => header.includes(name));
  if (keyColumn === undefined) {
    throw invalid(
      'metadata.csv has no column that names the image.',
      `Add a column ${KEY_COLUMNS.join(' or ')}.`,
      { columns: header },
    );
  }
  const keyAt = header.indexOf(keyColumn);
  const values = new Map<string, string>();
  for (const row of rows) {
    const key = (row[keyAt] ?? '').replaceAll('\\', '/');
    const value = row[valueAt] ?? '';
    const known = values.get(key);
    if (known !== undefined && known !== value) {
      throw invalid(
        `metadata.csv has two rows for "${key}" that differ in "${column}".`,
        'Leave one row per image.',
        { key, column },
      );
    }
    values.set(key, value);
  }
  return joinGroups(files, values, column);
}

function joinGroups(
  files: readonly string[],
  values: ReadonlyMap<string, string>,
  column: string,
): Map<string, string> {
  const groups = new Map<string, string>();
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
      throw invalid(
        `The row "${key}" of metadata.csv fits both ${other} and ${file}.`,
        'Give paths inside the image folder in the column file_name.',
        { key, files: [other, file] },
      );
    }
    usedBy.set(key, file);
    groups.set(file, value);
  }
  if (missing.length > 0) {
    throw invalid(
      `metadata.csv gives no "${column}" for ${missing.length} of ${files.length} images, e.g. ${missing.slice(0, NAMED).join(', ')}.`,
      `Add the missing rows or values, or train without the group.`,
      { column, count: missing.length, files: missing.slice(0, NAMED) },
    );
  }
  return groups;
}

/** What a row may call a file: its path, its name, its name without the extension. */
function keysOf(file: string): readonly string[] {
  return [file, basename(file), basename(file, extname(file))];
}

async function readTable(root: string): Promise<{ header: string[]; rows: string[][] }> {
  const path = join(root, 'metadata.csv');
  const text = await readFile(path, 'utf8').catch((cause: unknown) => {
    throw invalid(
      `There is no readable metadata.csv in ${root}.`,
      'A group needs one, with a row per image; or train without the group.',
      { folder: root },
      cause,
    );
  });
  try {
    // Rows as arrays, not objects: a column may be called __proto__.
    const [header = [], ...rows] = parse(text, { bom: true, skip_empty_lines: true });
    return { header, rows };
  } catch (cause) {
    throw invalid(
      `metadata.csv is malformed: ${cause instanceof Error ? cause.message : String(cause)}`,
      'Write it as comma-separated values, quoted where a value holds a comma.',
      { folder: root },
      cause,
    );
  }
}

function invalid(
  message: string,
  hint: string,
  details: Readonly<Record<string, unknown>>,
  cause?: unknown,
): IsometryError {
  return new IsometryError('DATASET_METADATA_INVALID', message, { hint, details, cause });
}
