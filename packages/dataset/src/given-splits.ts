import { IsometryError } from '@isometry/core';
import type { SplitName } from './split-name.ts';

/** What a Hugging Face ImageFolder calls its splits (`datasets`' `data_files.py`, without its patterns). */
const SPLIT_FOLDERS: ReadonlyMap<string, SplitName> = new Map([
  ['train', 'train'],
  ['training', 'train'],
  ['validation', 'validation'],
  ['valid', 'validation'],
  ['val', 'validation'],
  ['dev', 'validation'],
  ['test', 'test'],
  ['testing', 'test'],
  ['eval', 'test'],
  ['evaluation', 'test'],
]);

/** How many groups an error names. */
const NAMED = 3;

/**
 * The split that each first-level folder stands for, when these folders are splits and not classes: all of
 * them bear a split's name, and one is for training.
 * @param images paths inside the image folder
 */
export function findSplitFolders(
  images: readonly string[],
): ReadonlyMap<string, SplitName> | undefined {
  const inFolders = images.filter((file) => file.includes('/'));
  const folders = new Set(inFolders.map((file) => file.slice(0, file.indexOf('/'))));
  const splits = new Map<string, SplitName>();
  for (const folder of folders) {
    const split = SPLIT_FOLDERS.get(folder);
    if (split === undefined) return undefined;
    splits.set(folder, split);
  }
  return [...splits.values()].includes('train') ? splits : undefined;
}

/** Reads a split's name as people write it. */
export function toSplitName(written: string): SplitName | undefined {
  return SPLIT_FOLDERS.get(written.trim().toLowerCase());
}

/** @throws `DATASET_GROUP_LEAKS` when a group has images in two splits */
export function assertNoLeaks(
  splits: ReadonlyMap<string, SplitName>,
  groups: ReadonlyMap<string, string>,
): void {
  const first = new Map<string, { file: string; split: SplitName }>();
  const leaks = new Map<string, readonly [string, string]>();
  for (const [file, split] of splits) {
    const group = groups.get(file);
    if (group === undefined) continue;
    const known = first.get(group);
    if (known === undefined) first.set(group, { file, split });
    else if (known.split !== split && !leaks.has(group)) leaks.set(group, [known.file, file]);
  }
  if (leaks.size === 0) return;
  const named = [...leaks].slice(0, NAMED);
  throw new IsometryError(
    'DATASET_GROUP_LEAKS',
    `${leaks.size} groups have images in two splits, e.g. ${named
      .map(([group, [a, b]]) => `"${group}" (${a}, ${b})`)
      .join(', ')}.`,
    {
      hint: 'Move the images of each group into one split, or give all images without splits.',
      details: { count: leaks.size, groups: named.map(([group, files]) => ({ group, files })) },
    },
  );
}
