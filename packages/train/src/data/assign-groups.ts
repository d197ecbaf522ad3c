import { IsometryError, type Random } from '@isometry/core';
import type { LabelledFile } from '@isometry/dataset';

/** Where images can go. */
export interface Part<Name> {
  readonly name: Name;
  /** Share of the images, above 0; the shares of all parts sum to 1. */
  readonly share: number;
}

export interface AssignGroupsOptions {
  /** Every class that has to be in every part. */
  readonly labels: readonly string[];
  /** The group of each file. Without it every file is its own group. */
  readonly groups?: ReadonlyMap<string, string> | undefined;
  readonly random: Random;
  /** What a class needs its groups for, for the error: `one for training, one for the test`. */
  readonly purpose: string;
}

/** Images that must stay together. */
interface Unit {
  readonly name: string;
  readonly files: readonly string[];
  /** Images by class. */
  readonly counts: ReadonlyMap<string, number>;
}

/**
 * Assigns every file to a part: stratified by class, a group whole in one part. Each class is in each
 * part; beyond that every group goes where the classes that it holds are furthest behind their share.
 * @param parts in the order in which a class' groups are reserved; the first gets the largest
 * @throws `DATASET_CLASS_TOO_SMALL` when a class has fewer groups (or images, without groups) than parts
 */
export function assignGroups<Name>(
  files: readonly LabelledFile[],
  parts: readonly Part<Name>[],
  options: AssignGroupsOptions,
): ReadonlyMap<string, Name> {
  const units = createUnits(files, options.groups);
  const totals = countClasses(units, options.labels);
  assertClassSizes(units, totals, parts.length, options);

  // Large groups first, so that small ones can even out what they leave; equal sizes in random order.
  const ordered = options.random.shuffled(units).sort((a, b) => b.files.length - a.files.length);
  const waiting = new Set(ordered);
  const counts = new Map(parts.map((part) => [part, new Map<string, number>()]));
  const assigned = new Map<string, Name>();
  const count = (part: Part<Name>, label: string): number => counts.get(part)?.get(label) ?? 0;
  const assign = (unit: Unit, part: Part<Name>): void => {
    waiting.delete(unit);
    for (const file of unit.files) assigned.set(file, part.name);
    for (const [label, images] of unit.counts) {
      counts.get(part)?.set(label, count(part, label) + images);
    }
  };

  // Rare classes choose first. The first part gets the largest group; the others a small one each.
  const rareFirst = [...totals.entries()].sort(([, a], [, b]) => a - b);
  for (const [label] of rareFirst) {
    for (const part of parts) {
      if (count(part, label) > 0) continue;
      const isWaiting = (each: Unit): boolean => waiting.has(each) && each.counts.has(label);
      const unit = part === parts[0] ? ordered.find(isWaiting) : ordered.findLast(isWaiting);
      // Its groups hold other classes too, and have gone where those needed them.
      if (unit === undefined) throw tooSmall(label, `${parts.length} groups of its own`, options);
      assign(unit, part);
    }
  }
  for (const unit of waiting) {
    const behind = (part: Part<Name>): number => {
      let sum = 0;
      for (const [label, images] of unit.counts) {
        const target = part.share * (totals.get(label) as number);
        sum += images * (target - count(part, label));
      }
      return sum;
    };
    const needs = parts.map((part) => behind(part));
    assign(unit, parts[needs.indexOf(Math.max(...needs))] as Part<Name>);
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
  least: number,
  options: AssignGroupsOptions,
): void {
  for (const [label, images] of totals) {
    const own = units.filter((unit) => unit.counts.has(label)).length;
    if (own >= least) continue;
    const needs =
      options.groups === undefined
        ? `${least} readable images (it has ${images})`
        : `${least} groups (it has ${images} readable images in ${own})`;
    throw tooSmall(label, needs, options);
  }
}

function tooSmall(label: string, needs: string, { purpose }: AssignGroupsOptions): IsometryError {
  return new IsometryError(
    'DATASET_CLASS_TOO_SMALL',
    `The class "${label}" needs at least ${needs}: ${purpose}.`,
    { hint: 'Add images to this class, or leave it out.', details: { label } },
  );
}
