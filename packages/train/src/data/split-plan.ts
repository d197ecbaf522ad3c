import { IsometryError } from '@isometry/core';
import type { ImageFolder, LabelledFile, SplitName } from '@isometry/dataset';
import { splitFolds, splitImages, type SplitShares } from './split.ts';

/** How images come into splits. */
export interface SplitPlan {
  readonly seed: number;
  /** Without folds; and of what is left where a folder gives some splits and not others. */
  readonly shares: SplitShares;
  /** Deals the images into so many folds, 3 or more: one is the test, one validates, the others train. */
  readonly folds?: number | undefined;
  /** The fold that is the test, 0 to `folds` - 1; the next one, or after the last the first, validates. @defaultValue 0 */
  readonly fold?: number | undefined;
}

const SPLITS: readonly SplitName[] = ['train', 'validation', 'test'];

/**
 * Splits images: as the folder or the list gives it, else by folds, else by shares. A given split without
 * validation or test images has them taken from training, by shares.
 *
 * The fold after the test's validates, and not a share of the rest: over all folds every image then
 * validates once, so that what is chosen on validation is chosen on all images, and no fold on its own test.
 * @throws `DATASET_CLASS_TOO_SMALL`, `OPTION_INVALID` for folds that are no folds, or with given splits
 */
export function planSplit(
  folder: Pick<ImageFolder, 'files' | 'labels' | 'groups' | 'splits'>,
  plan: SplitPlan,
): ReadonlyMap<string, SplitName> {
  assertFolds(plan, folder.splits !== undefined);
  const { files, labels, groups } = folder;
  if (folder.splits !== undefined) return completeSplits(folder, folder.splits, plan);
  if (plan.folds === undefined) return splitImages(files, { ...plan, labels, groups });
  const { folds, fold = 0 } = plan;
  const names = new Map<number, SplitName>([
    [fold, 'test'],
    [(fold + 1) % folds, 'validation'],
  ]);
  const dealt = splitFolds(files, { ...plan, folds, labels, groups });
  return new Map([...dealt].map(([file, number]) => [file, names.get(number) ?? 'train']));
}

function completeSplits(
  { files, labels, groups }: Pick<ImageFolder, 'files' | 'labels' | 'groups'>,
  given: ReadonlyMap<string, SplitName>,
  plan: SplitPlan,
): ReadonlyMap<string, SplitName> {
  const bySplit = (name: SplitName): LabelledFile[] =>
    files.filter(({ file }) => given.get(file) === name);
  const named = new Set(given.values());
  const missing = SPLITS.filter((name) => !named.has(name));
  const split = new Map(given);
  if (missing.length > 0) {
    const fill: SplitName[] = ['train', ...missing];
    const taken = splitImages(bySplit('train'), { ...plan, labels, groups }, fill);
    for (const [file, name] of taken) split.set(file, name);
  }
  for (const name of SPLITS) {
    const own = new Set(bySplit(name).map(({ label }) => label));
    const absent = missing.includes(name) ? undefined : labels.find((label) => !own.has(label));
    if (absent === undefined) continue;
    throw new IsometryError(
      'DATASET_CLASS_TOO_SMALL',
      `The class "${absent}" has no readable image in the given split "${name}".`,
      {
        hint: 'Add images of this class there, or leave the class out.',
        details: { label: absent, split: name },
      },
    );
  }
  return split;
}

function assertFolds({ folds, fold }: SplitPlan, isGiven: boolean): void {
  if (folds === undefined) {
    // A caller may fill in the default, 0.
    if ((fold ?? 0) !== 0) throw wrong(`fold is ${fold} and there are no folds.`, 'fold');
    return;
  }
  if (!Number.isInteger(folds) || folds < 3) throw wrong(`folds is ${folds}.`, 'folds');
  if (fold !== undefined && !(Number.isInteger(fold) && fold >= 0 && fold < folds)) {
    throw wrong(`fold is ${fold}.`, 'fold');
  }
  if (isGiven) {
    throw new IsometryError('OPTION_INVALID', 'The images are split already: no folds.', {
      hint: 'Leave the folds out, or give the images without splits.',
      details: { option: 'folds' },
    });
  }
}

function wrong(message: string, option: string): IsometryError {
  return new IsometryError('OPTION_INVALID', message, {
    hint: 'Give 3 or more folds, and a fold from 0 to one less.',
    details: { option },
  });
}
