import { IsometryError } from '@isometry/core';
import type { LabelledFile } from './image-folder.ts';
import { createRandom } from '../sampling/random.ts';

export type SplitName = 'train' | 'validation' | 'test';

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

/** Images that must stay together. */
interface Unit {
  readonly name: string;
  readonly files: readonly string[];
  /** Images by class. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Assigns every file to a split: stratified by class, a group whole on one side, seeded. Each class is in
 * each split; beyond that every group goes where the classes that it holds are furthest behind their share.
 * @throws `DATASET_CLASS_TOO_SMALL` when a class has fewer than three groups (or images, without groups)
 */
export function splitImages(
  files: readonly LabelledFile[],
  options: SplitOptions,
): ReadonlyMap<string, SplitName> {
  const units = createUnits(files, options.groups);
  const totals = countClasses(units, options.labels);
  assertClassSizes(units, totals, options.groups !== undefined);

  const random = createRandom(options.seed, 'split');
  // Large groups first, so that small ones can even out what they leave; equal sizes in random order.
  const waiting = new Set(random.shuffled(units).sort((a, b) => b.files.length - a.files.length));
  const counts = new Map(SPLITS.map((split) => [split, new Map<string, number>()]));
  const assigned = new Map<string, SplitName>();
  const count = (split: SplitName, label: string): number => counts.get(split)?.get(label) ?? 0;
  const assign = (unit: Unit, split: SplitName): void => {
    waiting.delete(unit);
    for (const file of unit.files) assigned.set(file, split);
    for (const [label, images] of unit.counts) {
      counts.get(split)?.set(label, count(split, label) + images);
    }
  };

  // Rare classes choose first. Training gets its largest group; the others a small one each.
  const rareFirst = [...totals.entries()].sort(([, a], [, b]) => a - b);
  for (const [label] of rareFirst) {
    for (const split of SPLITS) {
      if (count(split, label) > 0) continue;
      const own = [...waiting].filter((unit) => unit.counts.has(label));
      const unit = split === 'train' ? own[0] : own.at(-1);
      // Its groups hold other classes too, and have gone where those needed them.
      if (unit === undefined) throw tooSmall(label, 'three groups of its own');
      assign(unit, split);
    }
  }
  for (const unit of waiting) {
    const behind = (split: SplitName): number => {
      let sum = 0;
      for (const [label, images] of unit.counts) {
        const target = options.shares[split] * (totals.get(label) as number);
        sum += images * (target - count(split, label));
      }
      return sum;
    };
    assign(
      unit,
      SPLITS.reduce((best, split) => (behind(split) > behind(best) ? split : best)),
    );
  }
  return assigned;
}

function createUnits(
  files: readonly LabelledFile[],
  groups: ReadonlyMap<string, string> | undefined,
): Unit[] {
  const byName = new Map<string, LabelledFile[]>();
  for (const file of files) {
    const name = groups?.get(file.file) ?? file.file;
    const unit = byName.get(name);
    if (unit === undefined) byName.set(name, [file]);
    else unit.push(file);
  }
  return [...byName].map(([name, members]) => {
    const counts = new Map<string, number>();
    for (const { label } of members) counts.set(label, (counts.get(label) ?? 0) + 1);
    return { name, files: members.map(({ file }) => file), counts };
  });
}

function countClasses(units: readonly Unit[], labels: readonly string[]): Map<string, number> {
  const totals = new Map(labels.map((label) => [label, 0]));
  for (const { counts } of units) {
    for (const [label, images] of counts) totals.set(label, (totals.get(label) ?? 0) + images);
  }
  return totals;
}

function assertClassSizes(
  units: readonly Unit[],
  totals: ReadonlyMap<string, number>,
  grouped: boolean,
): void {
  for (const [label, images] of totals) {
    const own = units.filter((unit) => unit.counts.has(label)).length;
    if (own >= SPLITS.length) continue;
    throw tooSmall(
      label,
      grouped
        ? `three groups (it has ${images} readable images in ${own})`
        : `three readable images (it has ${images})`,
    );
  }
}

function tooSmall(label: string, needs: string): IsometryError {
  return new IsometryError(
    'DATASET_CLASS_TOO_SMALL',
    `The class "${label}" needs at least ${needs}: one for training, one for validation, one for the test.`,
    { hint: 'Add images to this class, or remove its folder.', details: { label } },
  );
}
