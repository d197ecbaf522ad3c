import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { IsometryError } from '@isometry/core';
import type { TrainOptions } from '@isometry/train';
import { readSpent } from './cell-cost.ts';
import { readCellJson, readCellResult, type CellResult } from './cell-result.ts';
import { cellId, type Cell } from './grid.ts';
import type { GridSettings } from './grid-settings.ts';

/** Where the files of a cell are. */
export interface CellFolder {
  readonly path: string;
  /** What `trainClassifier` makes. */
  readonly run: string;
  readonly model: string;
  readonly evaluation: string;
  readonly embeddings: string;
  /** Written last: a cell with it is done. */
  readonly result: string;
  /** Why the training failed, if it did. */
  readonly failure: string;
  /** What the sessions of its training have cost. */
  readonly spent: string;
}

export function cellFolder(out: string, cell: Cell): CellFolder {
  const path = join(resolve(out), 'cells', cellId(cell));
  return {
    path,
    run: join(path, 'run'),
    model: join(path, 'model.onnx'),
    evaluation: join(path, 'evaluation.json'),
    embeddings: join(path, 'embeddings.npy'),
    result: join(path, 'cell.json'),
    failure: join(path, 'failed.json'),
    spent: join(path, 'spent.json'),
  };
}

/** How far a cell is, and what it took so far. */
export interface CellStatus {
  readonly cell: Cell;
  readonly state: 'new' | 'started' | 'trained' | 'done';
  /** Of a cell that is done. */
  readonly result: CellResult | undefined;
  /** Seconds of training so far. */
  readonly spentSeconds: number;
}

export async function cellStatus(out: string, cell: Cell): Promise<CellStatus> {
  const folder = cellFolder(out, cell);
  const result = await readCellResult(folder.result);
  const spentSeconds = (await readSpent(folder.spent))?.seconds ?? 0;
  return { cell, state: stateOf(folder, result), result, spentSeconds };
}

export function cellStatuses(out: string, cells: readonly Cell[]): Promise<CellStatus[]> {
  return Promise.all(cells.map((cell) => cellStatus(out, cell)));
}

function stateOf({ run }: CellFolder, result: CellResult | undefined): CellStatus['state'] {
  if (result !== undefined) return 'done';
  if (existsSync(join(run, 'run.json'))) return 'trained';
  return existsSync(join(run, 'config.json')) ? 'started' : 'new';
}

/** The options with which `trainClassifier` makes a cell. */
export function cellTrainOptions(
  cell: Cell,
  { protocol, weights, images, recipe }: GridSettings,
): Omit<TrainOptions, 'images' | 'out'> {
  const { widthMultiplier, ...rest } = recipe;
  return {
    ...images,
    ...rest,
    // The other backbones have one width.
    ...(cell.backbone === 'mobilenet' ? { widthMultiplier } : {}),
    ...cell,
    protocol,
    weights: weights[cell.backbone],
    name: `${cell.backbone}-${cell.loss}-seed-${cell.seed}`,
  };
}

/**
 * Makes sure that a run that is finished already is the cell's: it may have been trained by `isometry train`.
 * One that is not finished is compared by the trainer when it goes on.
 * @throws `OPTION_INVALID` naming the option that differs, `RUN_INVALID`
 */
export async function assertRunIsOf(
  cell: Cell,
  folder: CellFolder,
  settings: GridSettings,
): Promise<void> {
  const config = await readCellJson(join(folder.run, 'config.json'), folder.path);
  const { options } = config as { readonly options: Readonly<Record<string, unknown>> };
  const wanted: Readonly<Record<string, unknown>> = { ...cellTrainOptions(cell, settings) };
  for (const name of new Set([...Object.keys(options), ...Object.keys(wanted)])) {
    if (name === 'name' || isDeepStrictEqual(place(name, options), place(name, wanted))) continue;
    throw new IsometryError(
      'OPTION_INVALID',
      `The run in ${folder.run} was trained with ${name} ${JSON.stringify(options[name])}, not ${JSON.stringify(wanted[name])}.`,
      {
        hint: `Remove ${folder.path}, give the options that it was trained with, or another --out.`,
        details: { option: name, run: folder.run },
      },
    );
  }
}

/** A file may be named from another folder. */
function place(name: string, options: Readonly<Record<string, unknown>>): unknown {
  const value = options[name];
  const isFile = name === 'list' || (name === 'weights' && value !== 'random');
  return isFile && typeof value === 'string' ? resolve(value) : value;
}
