import { join } from 'node:path';
import { IsometryError } from '@isometry/core';
import { assertNoLeaks, findSplitFolders } from './given-splits.ts';
import { listImageFiles } from './image-files.ts';
import { readImageList } from './image-list.ts';
import { joinColumn, METADATA_FILES, readMetadata } from './metadata-column.ts';
import type { SplitName } from './split-name.ts';
import { invalidTable } from './table.ts';
import { assertKnownLabels } from './unknown-labels.ts';

/** A file that claims to be an image. */
export interface LabelledFile {
  /** Path inside the image folder, with forward slashes on every platform. */
  readonly file: string;
  readonly label: string;
}

/** What {@link scanImageFolder} finds. */
export interface ImageFolder {
  readonly root: string;
  /** Class names, two or more, in code unit order; or `options.labels` as given. A label's position is its logit's. */
  readonly labels: readonly string[];
  /** Sorted by path. */
  readonly files: readonly LabelledFile[];
  /** The group of every file, when groups are known. */
  readonly groups: ReadonlyMap<string, string> | undefined;
  /** The split of every file, when the folder or the list gives it. */
  readonly splits: ReadonlyMap<string, SplitName> | undefined;
  /** How many files were not looked at: no image by their extension, or without a label. */
  readonly ignored: number;
}

export interface ScanImageFolderOptions {
  /** A file that names the images, see `readImageList`; `label` and `group` are then columns of it. */
  readonly list?: string | undefined;
  /** Column of the metadata that gives the label. @defaultValue the class folder */
  readonly label?: string | undefined;
  /** Column of the metadata that gives the group. @defaultValue none */
  readonly group?: string | undefined;
  /**
   * The classes of a model, whose order is kept: images of one of them are enough, and one of another class
   * is an error.
   * @defaultValue those that are found
   */
  readonly labels?: readonly string[] | undefined;
}

/** What a column of labels is called where there are no class folders and nothing else was said. */
const DEFAULT_LABEL = 'label';

/**
 * Finds images and their labels:
 * - `ROOT/<label>/**`, a folder per class;
 * - `ROOT/<train|validation|test>/<label>/**`, a Hugging Face ImageFolder, whose splits are kept;
 * - images anywhere, with `metadata.csv` or `metadata.jsonl` (in `ROOT`, or in each split's folder) that
 *   gives the label: the column `options.label`, or `label` where there is no class folder;
 * - what `options.list` names.
 *
 * Hidden files and folders, and folders without an image, are no classes.
 * @throws `FILE_NOT_FOUND`, `FILE_READ_FAILED`, `DATASET_EMPTY`, `DATASET_TOO_FEW_CLASSES`,
 *   `DATASET_METADATA_INVALID` (also for a label that is not in `options.labels`), `DATASET_GROUP_LEAKS` when a
 *   group is in two given splits
 */
export async function scanImageFolder(
  root: string,
  options: ScanImageFolderOptions = {},
): Promise<ImageFolder> {
  const { images, others } = await listImageFiles(root);
  const found =
    options.list === undefined
      ? await readFolder(root, images, options)
      : await readImageList(root, options.list, images, options);
  const files = [...found.files];
  const chosen = new Set(files.map(({ file }) => file));
  const passedOver = (file: string): boolean => !chosen.has(file) && !isMetadata(file);
  const ignored = [...images, ...others].filter(passedOver).length;
  const present = [...new Set(files.map(({ label }) => label))].sort();
  if (present.length === 0) throw empty(root, images.length, ignored);
  if (options.labels !== undefined) assertKnownLabels(files, options.labels);
  else if (present.length === 1) throw oneClass(root, present);
  if (found.splits !== undefined && found.groups !== undefined) {
    assertNoLeaks(found.splits, found.groups);
  }
  const labels = options.labels ?? present;
  return { root, labels, files, groups: found.groups, splits: found.splits, ignored };
}

async function readFolder(
  root: string,
  images: readonly string[],
  options: ScanImageFolderOptions,
): Promise<Pick<ImageFolder, 'files' | 'groups' | 'splits'>> {
  const splitFolders = findSplitFolders(images);
  // Beside the splits' folders lies at most a picture for the README.
  const within = splitFolders === undefined ? images : images.filter((file) => file.includes('/'));
  const inClassFolders = within.filter(
    (file) => file.split('/').length > (splitFolders === undefined ? 1 : 2),
  );
  const column = (name: string, files: readonly string[]): Promise<ReadonlyMap<string, string>> =>
    readColumn(root, [...(splitFolders?.keys() ?? [])], name, files);
  const labelOf = await readLabels();
  const files = [...labelOf].map(([file, label]) => ({ file, label }));
  const own = files.map(({ file }) => file);
  return {
    files,
    groups: options.group === undefined ? undefined : await column(options.group, own),
    splits:
      splitFolders &&
      new Map(own.map((file) => [file, splitFolders.get(file.split('/')[0] ?? '') ?? 'train'])),
  };

  async function readLabels(): Promise<ReadonlyMap<string, string>> {
    if (options.label !== undefined) return column(options.label, within);
    if (inClassFolders.length === 0 && within.length > 0 && (await hasLabels())) {
      return column(DEFAULT_LABEL, within);
    }
    const level = splitFolders === undefined ? 0 : 1;
    return new Map(inClassFolders.map((file) => [file, file.split('/')[level] ?? '']));
  }

  async function hasLabels(): Promise<boolean> {
    const folders = [...(splitFolders?.keys() ?? [])].map((folder) => join(root, folder));
    for (const folder of [...folders, root]) {
      const table = await readMetadata(folder);
      if (table?.columns.includes(DEFAULT_LABEL) === true) return true;
    }
    return false;
  }
}

/** A column of the metadata beside the images: in their split's folder, or else in `root`. */
async function readColumn(
  root: string,
  splitFolders: readonly string[],
  column: string,
  images: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const values = new Map<string, string>();
  const rest: string[] = [];
  for (const folder of splitFolders) {
    const own = images.filter((file) => file.startsWith(`${folder}/`));
    const table = await readMetadata(join(root, folder));
    if (table === undefined) {
      rest.push(...own);
      continue;
    }
    const inside = own.map((file) => file.slice(folder.length + 1));
    for (const [file, value] of joinColumn(table, column, inside)) {
      values.set(`${folder}/${file}`, value);
    }
  }
  const files = splitFolders.length === 0 ? images : rest;
  if (files.length === 0) return values;
  const table = await readMetadata(root);
  if (table === undefined) {
    throw invalidTable(
      `There is no ${METADATA_FILES.join(' or ')} in ${root}.`,
      'A column needs one, with a row per image; or do without the column.',
      { folder: root, column },
    );
  }
  for (const [file, value] of joinColumn(table, column, files)) values.set(file, value);
  return new Map(images.map((file) => [file, values.get(file) ?? '']));
}

function isMetadata(file: string): boolean {
  const name = file.split('/').at(-1) ?? '';
  return METADATA_FILES.some((each) => each === name) && file.split('/').length <= 2;
}

function oneClass(folder: string, labels: readonly string[]): IsometryError {
  return new IsometryError(
    'DATASET_TOO_FEW_CLASSES',
    `${folder} holds images of one class only, "${labels[0]}".`,
    {
      hint: 'A classifier needs two or more: give the folder that holds the class folders.',
      details: { folder, labels },
    },
  );
}

function empty(root: string, images: number, ignored: number): IsometryError {
  return new IsometryError(
    'DATASET_EMPTY',
    images === 0
      ? `No image in a class folder under ${root}.`
      : `${images} images under ${root} and no label for any of them.`,
    {
      hint: 'Put the images into one folder per class, e.g. photos/wart/1.jpg and photos/corn/2.jpg, or name the column of metadata.csv that gives the label.',
      details: { folder: root, ignored },
    },
  );
}
