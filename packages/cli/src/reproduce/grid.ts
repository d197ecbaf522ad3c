import { IsometryError } from '@isometry/core';
import type { BackboneName, LossName } from '@isometry/train';

/** One training of the paper's table: a backbone, a loss, a seed. */
export interface Cell {
  readonly backbone: BackboneName;
  readonly loss: LossName;
  /** Seeds split, batches, augmentation and weights: cells of one seed have the same test images. */
  readonly seed: number;
}

/** The paper's backbones, the cheapest first: what a budget holds then is whole rows of them. */
export const GRID_BACKBONES: readonly BackboneName[] = ['mobilenet', 'inceptionv3', 'resnet50'];

/** The losses of the paper's table 2, its baseline first. */
export const GRID_LOSSES: readonly LossName[] = [
  'cross-entropy',
  'contrastive',
  'triplet',
  'lifted-structured',
];

/** A paper shows one run; three seeds are the least that show a spread, five what its readers ask for. */
export const DEFAULT_SEEDS = 5;

/** Seeds go from 1 to this: more cells than anybody trains. */
export const MAX_SEED = 1000;

/** `mobilenet/triplet/seed-2`: its folder, and how people name it. */
export function cellId({ backbone, loss, seed }: Cell): string {
  return `${backbone}/${loss}/seed-${seed}`;
}

/**
 * All cells in the order in which they are trained: every loss of a backbone and seed before the next seed, because
 * losses are compared on the same seed; cheap backbones first.
 * @param seeds seed numbers, in order
 * @param only patterns of {@link parseOnly}; none for all
 */
export function planGrid(seeds: readonly number[], only: readonly CellPattern[]): readonly Cell[] {
  const cells = seeds.flatMap((seed) =>
    GRID_BACKBONES.flatMap((backbone) => GRID_LOSSES.map((loss) => ({ backbone, loss, seed }))),
  );
  return only.length === 0
    ? cells
    : cells.filter((cell) => only.some((pattern) => matches(cell, pattern)));
}

/** What `--only` names: a backbone, a loss and a seed, each or any. */
export interface CellPattern {
  readonly backbone?: BackboneName;
  readonly loss?: LossName;
  readonly seed?: number;
}

/**
 * Parses `mobilenet`, `mobilenet/lifted-structured`, `mobilenet/triplet/2`, with `*` for any part.
 * @throws `OPTION_INVALID` naming the part that is unknown
 */
export function parseOnly(text: string): CellPattern {
  const parts = text.split('/');
  const [backbone = '*', loss = '*', seed = '*'] = parts;
  if (parts.length > 3) throw unknown(text, text, 'BACKBONE/LOSS/SEED');
  const number = /^(?:seed-)?([1-9]\d{0,3})$/u.exec(seed)?.[1];
  return {
    ...(backbone === '*' ? {} : { backbone: oneOf(text, backbone, GRID_BACKBONES) }),
    ...(loss === '*' ? {} : { loss: oneOf(text, loss, GRID_LOSSES) }),
    ...(seed === '*' ? {} : { seed: seedOf(text, seed, Number(number)) }),
  };
}

function matches(cell: Cell, pattern: CellPattern): boolean {
  return (
    (pattern.backbone ?? cell.backbone) === cell.backbone &&
    (pattern.loss ?? cell.loss) === cell.loss &&
    (pattern.seed ?? cell.seed) === cell.seed
  );
}

function oneOf<Name extends string>(text: string, part: string, names: readonly Name[]): Name {
  const found = names.find((name) => name === part);
  if (found === undefined) throw unknown(text, part, names.join(', '));
  return found;
}

function seedOf(text: string, part: string, seed: number): number {
  if (seed <= MAX_SEED) return seed;
  throw unknown(text, part, `a seed from 1 to ${MAX_SEED}`);
}

function unknown(text: string, part: string, expected: string): IsometryError {
  return new IsometryError('OPTION_INVALID', `--only ${text}: "${part}" is not known.`, {
    hint: `Give ${expected}, or * for any.`,
    details: { option: 'only', value: text },
  });
}
