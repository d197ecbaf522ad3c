import { createRandom } from '@isometry/core';
import type { LabelledFile, SplitName } from '@isometry/dataset';
import { assignGroups } from './assign-groups.ts';

/** Shares of the images, above 0, that sum to 1. */
export type SplitShares = Readonly<Record<SplitName, number>>;

export interface SplitOptions {
  /** Every class that has to be in every split. */
  readonly labels: readonly string[];
  readonly shares: SplitShares;
  readonly seed: number;
  /** The group of each file. Without it every file is its own group. */
  readonly groups?: ReadonlyMap<string, string> | undefined;
}

/** In the order in which a class' groups are reserved: a class must be trained and tested first. */
const SPLITS: readonly SplitName[] = ['train', 'test', 'validation'];

const PURPOSE: Readonly<Record<SplitName, string>> = {
  train: 'one for training',
  test: 'one for the test',
  validation: 'one for validation',
};

/**
 * Assigns every file to a split: stratified by class, a group whole on one side, seeded. Each class is in
 * each split; beyond that every group goes where the classes that it holds are furthest behind their share.
 * @param splits the splits to fill, with shares of `files` in proportion to theirs
 * @throws `DATASET_CLASS_TOO_SMALL` when a class has fewer groups (or images, without groups) than splits
 */
export function splitImages(
  files: readonly LabelledFile[],
  options: SplitOptions,
  splits: readonly SplitName[] = SPLITS,
): ReadonlyMap<string, SplitName> {
  const chosen = SPLITS.filter((split) => splits.includes(split));
  // Three shares sum to 1 as they are: dividing could move a rounding, and so an image.
  const whole =
    chosen.length === SPLITS.length
      ? 1
      : chosen.reduce((sum, split) => sum + options.shares[split], 0);
  const parts = chosen.map((name) => ({ name, share: options.shares[name] / whole }));
  return assignGroups(files, parts, {
    labels: options.labels,
    groups: options.groups,
    random: createRandom(options.seed, 'split'),
    purpose: chosen.map((split) => PURPOSE[split]).join(', '),
  });
}

export interface FoldOptions extends Omit<SplitOptions, 'shares'> {
  /** 2 or more. */
  readonly folds: number;
}

/**
 * Deals every file into one of `folds` folds of about equal size, by the rules of {@link splitImages}.
 * @returns the fold of each file, 0 to `folds` - 1
 * @throws `DATASET_CLASS_TOO_SMALL` when a class has fewer groups (or images, without groups) than folds
 */
export function splitFolds(
  files: readonly LabelledFile[],
  { labels, groups, seed, folds }: FoldOptions,
): ReadonlyMap<string, number> {
  const parts = Array.from({ length: folds }, (_, name) => ({ name, share: 1 / folds }));
  const random = createRandom(seed, 'folds');
  return assignGroups(files, parts, { labels, groups, random, purpose: 'one for each fold' });
}
