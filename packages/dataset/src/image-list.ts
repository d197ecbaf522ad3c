import { stat } from 'node:fs/promises';
import { dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';
import { toSplitName } from './given-splits.ts';
import type { LabelledFile } from './image-folder.ts';
import { isOutside } from './metadata-column.ts';
import type { SplitName } from './split-name.ts';
import { columnIndex, invalidTable, readTable, type Table } from './table.ts';

/** What a list says of the images that it names. */
export interface ImageList {
  /** Sorted by path inside the image folder. */
  readonly files: readonly LabelledFile[];
  readonly groups: ReadonlyMap<string, string> | undefined;
  readonly splits: ReadonlyMap<string, SplitName> | undefined;
}

export interface ReadImageListOptions {
  /** @defaultValue `label` */
  readonly label?: string | undefined;
  /** @defaultValue `group`, where there is such a column with values */
  readonly group?: string | undefined;
}

/** How many rows an error names. */
const NAMED = 3;

/**
 * Reads a CSV (or JSON Lines) of `file,label` and, where they are known, `group` and `split` (`train`,
 * `validation`, `test`): also the `split.csv` of a run, which repeats its split. Paths are inside `root`;
 * one that is not there may be relative to the list instead, and still has to lie in `root`.
 * @param images files that are known to lie in `root`: 100,000 need not be looked up one by one
 * @throws `DATASET_METADATA_INVALID` when a column, a value or an image is missing, a file lies outside
 *   `root` or has two rows that differ, or only some rows have a split
 */
export async function readImageList(
  root: string,
  path: string,
  images: readonly string[],
  options: ReadImageListOptions = {},
): Promise<ImageList> {
  const table = await readTable(path);
  const fileAt = columnIndex(table, 'file');
  const files = await resolveFiles({ root, known: new Set(images) }, dirname(path), table, fileAt);
  const read = (column: string): ReadonlyMap<string, string> => readColumn(table, column, files);
  const labels = complete(read(options.label ?? 'label'), table, options.label ?? 'label');
  const splits = optional(table, 'split', read);
  return {
    files: [...labels]
      .map(([file, label]) => ({ file, label }))
      .sort((a, b) => (a.file < b.file ? -1 : 1)),
    groups:
      options.group === undefined
        ? optional(table, 'group', read)
        : complete(read(options.group), table, options.group),
    splits: splits && toSplits(splits, table),
  };
}

/** An image folder, and files that are in it. */
interface KnownFolder {
  readonly root: string;
  readonly known: ReadonlySet<string>;
}

/** Each row's path inside the image folder. */
async function resolveFiles(
  folder: KnownFolder,
  listFolder: string,
  table: Table,
  fileAt: number,
): Promise<readonly string[]> {
  const files: string[] = [];
  const missing: string[] = [];
  for (const row of table.rows) {
    const asGiven = row[fileAt] ?? '';
    const written = asGiven.replaceAll('\\', '/');
    const found =
      // Outside Windows a name may hold a backslash.
      (folder.known.has(asGiven) ? asGiven : undefined) ??
      (await findFile(folder, folder.root, written)) ??
      (await findFile(folder, listFolder, written));
    if (found === undefined) missing.push(written);
    files.push(found ?? written);
  }
  if (missing.length > 0) {
    const outside = missing.filter((file) => isOutside(file));
    const named = (outside.length > 0 ? outside : missing).slice(0, NAMED);
    throw invalidTable(
      outside.length > 0
        ? `${table.name} names files outside the image folder, e.g. ${named.join(', ')}.`
        : `${missing.length} of ${files.length} files of ${table.name} are not there, e.g. ${named.join(', ')}.`,
      'Give paths inside the image folder, or relative to the list.',
      { count: missing.length, files: named },
    );
  }
  return files;
}

/** The path inside `root` of a file that is there. */
async function findFile(
  { root, known }: KnownFolder,
  from: string,
  written: string,
): Promise<string | undefined> {
  if (written === '' || written.includes('\0') || isAbsolute(written)) return undefined;
  const path = resolve(from, written);
  const inside = relative(resolve(root), path).split(sep).join('/');
  if (isOutside(inside) || inside === '') return undefined;
  if (known.has(inside)) return inside;
  const isFile = await stat(join(root, inside)).then(
    (found) => found.isFile(),
    () => false,
  );
  return isFile ? inside : undefined;
}

/** A column by file; a file may stand there twice if it says the same. */
function readColumn(
  table: Table,
  column: string,
  files: readonly string[],
): ReadonlyMap<string, string> {
  const at = columnIndex(table, column);
  const values = new Map<string, string>();
  for (const [row, file] of files.entries()) {
    const value = table.rows[row]?.[at] ?? '';
    if ((values.get(file) ?? value) !== value) {
      throw invalidTable(
        `${table.name} has two rows for "${file}" that differ in "${column}".`,
        'Leave one row per image.',
        { file, column },
      );
    }
    values.set(file, value);
  }
  return values;
}

function complete(
  values: ReadonlyMap<string, string>,
  table: Table,
  column: string,
): ReadonlyMap<string, string> {
  const missing = [...values].filter(([, value]) => value === '').map(([file]) => file);
  if (missing.length === 0) return values;
  throw invalidTable(
    `${table.name} gives no "${column}" for ${missing.length} of ${values.size} images, e.g. ${missing.slice(0, NAMED).join(', ')}.`,
    'Add the missing values, or leave the column out.',
    { column, count: missing.length, files: missing.slice(0, NAMED) },
  );
}

/** A column that need not be there, or may be empty throughout. */
function optional(
  table: Table,
  column: string,
  read: (column: string) => ReadonlyMap<string, string>,
): ReadonlyMap<string, string> | undefined {
  if (!table.columns.includes(column)) return undefined;
  const values = read(column);
  if ([...values.values()].every((value) => value === '')) return undefined;
  return complete(values, table, column);
}

function toSplits(
  values: ReadonlyMap<string, string>,
  table: Table,
): ReadonlyMap<string, SplitName> {
  return new Map(
    [...values].map(([file, written]) => {
      const split = toSplitName(written);
      if (split !== undefined) return [file, split];
      throw invalidTable(
        `${table.name} puts "${file}" into the split "${written}".`,
        'Write train, validation or test.',
        { file, split: written },
      );
    }),
  );
}
