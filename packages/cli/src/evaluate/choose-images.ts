import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { IsometryError, sha256Hex, type Manifest } from '@isometry/core';
import { scanImageFolder, type LabelledFile, type SplitName } from '@isometry/dataset';

export interface ChooseImagesOptions {
  /** A file of file,label[,group][,split] instead of folders. */
  readonly list?: string | undefined;
  /** Column of the metadata that gives the label. */
  readonly label?: string | undefined;
  /** Column of the metadata that gives the group. */
  readonly group?: string | undefined;
  /** The run folder that the model came from: its split.csv is the list then. */
  readonly run?: string | undefined;
  /** Which split is evaluated. @defaultValue `test` where splits are given, else all images */
  readonly split?: SplitName | undefined;
}

/** The images to be evaluated, and what is known of them. */
export interface ChosenImages {
  readonly files: readonly LabelledFile[];
  readonly split: SplitName | null;
  /** By file, where known. */
  readonly groups: ReadonlyMap<string, string> | undefined;
  /** What neighbours and prototypes are looked up in: the training split, where it is given and not itself evaluated. */
  readonly reference: readonly LabelledFile[];
  readonly warnings: readonly string[];
}

/**
 * Finds the images of a folder, and takes the split that is to be evaluated.
 * @throws `DATASET_*`, `FILE_*`, `OPTION_INVALID` when a split is asked for and none is given
 */
export async function chooseImages(
  root: string,
  manifest: Manifest,
  options: ChooseImagesOptions,
): Promise<ChosenImages> {
  const { run } = options;
  if (run !== undefined && options.list !== undefined) {
    throw new IsometryError('OPTION_INVALID', 'A run brings its own list.', {
      hint: 'Give --run or --list, not both.',
      details: { option: 'list' },
    });
  }
  const list = run === undefined ? options.list : join(run, 'split.csv');
  const folder = await scanImageFolder(root, { ...options, list, labels: manifest.labels });
  const splits = folder.splits;
  const inSplit = (name: SplitName): readonly LabelledFile[] =>
    folder.files.filter(({ file }) => splits?.get(file) === name);
  const split = options.split ?? (inSplit('test').length > 0 ? 'test' : null);
  const files = split === null ? folder.files : inSplit(split);
  if (files.length === 0) throw noSplit(root, split, splits);
  return {
    files,
    split,
    groups: folder.groups,
    reference: split === null || split === 'train' ? [] : inSplit('train'),
    warnings: run === undefined ? [] : await splitWarnings(run, manifest),
  };
}

function noSplit(
  root: string,
  split: SplitName | null,
  splits: ReadonlyMap<string, SplitName> | undefined,
): IsometryError {
  const found = [...new Set(splits?.values() ?? [])].sort();
  return new IsometryError('OPTION_INVALID', `No image of ${root} is in the split "${split}".`, {
    hint:
      found.length === 0
        ? 'Name the run that the model came from with --run, or a list with a column split with --list.'
        : `Give one of ${found.join(', ')}.`,
    details: { option: 'split', found },
  });
}

/** A test image is one that the model was not trained on: only its own run's split says which. */
async function splitWarnings(run: string, { training }: Manifest): Promise<readonly string[]> {
  const digest = sha256Hex(await readFile(join(run, 'split.csv')));
  return training === null || training.splitDigest === digest
    ? []
    : [
        // The folder's name alone: a report is passed on, and says nothing of the machine.
        `The split of ${basename(resolve(run))} is not the one that the model was trained with: some of these images may be of its training.`,
      ];
}
