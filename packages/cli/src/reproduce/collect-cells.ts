import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNpy, IsometryError } from '@isometry/core';
import type { Evaluation } from '@isometry/report';
import { cellFolder, cellState } from './cell-folder.ts';
import { cellId, type Cell } from './grid.ts';
import { readCellResult, type CellResult } from './run-cell.ts';

/** A cell that is done, and everything that a report says of it. */
export interface CollectedCell {
  readonly cell: Cell;
  readonly result: CellResult;
  readonly evaluation: Evaluation;
  /** Digest of the split, and of all images, that it was trained with. */
  readonly splitDigest: string;
  readonly dataDigest: string;
  /** `random`, or the digest of the weights file. */
  readonly weights: string;
  /** Values in the layers of the backbone. */
  readonly backboneParameters: number;
}

/**
 * Reads all cells of a folder that are done, and makes sure that those of one seed have the same split.
 * @throws `RUN_INVALID` when they have not
 */
export async function collectCells(
  out: string,
  cells: readonly Cell[],
): Promise<readonly CollectedCell[]> {
  const done = cells.filter((cell) => cellState(cellFolder(out, cell)) === 'done');
  const collected = await Promise.all(done.map((cell) => collect(out, cell)));
  for (const one of collected) {
    const other = collected.find(({ cell }) => cell.seed === one.cell.seed) as CollectedCell;
    if (other.splitDigest === one.splitDigest && other.dataDigest === one.dataDigest) continue;
    throw new IsometryError(
      'RUN_INVALID',
      `${cellId(one.cell)} and ${cellId(other.cell)} have the same seed and other images or splits: they do not compare.`,
      {
        hint: 'Remove the cell that was trained with other images and run the command again.',
        details: { cells: [cellId(one.cell), cellId(other.cell)] },
      },
    );
  }
  return collected;
}

async function collect(out: string, cell: Cell): Promise<CollectedCell> {
  const folder = cellFolder(out, cell);
  const { parseEvaluation } = await import('@isometry/report');
  const config = (await readJson(join(folder.run, 'config.json'))) as {
    readonly dataDigest: string;
    readonly weights: string;
  };
  const split = await readFile(join(folder.run, 'split.csv'));
  return {
    cell,
    result: await readCellResult(cell, out),
    evaluation: parseEvaluation(await readJson(folder.evaluation)),
    splitDigest: createHash('sha256').update(split).digest('hex'),
    dataDigest: config.dataDigest,
    weights: config.weights,
    backboneParameters: countBackbone(await readJson(join(folder.run, 'model.json'))),
  };
}

async function readJson(path: string): Promise<unknown> {
  return JSON.parse(await readFile(path, 'utf8'));
}

/** Layers that are ours, above the backbone: they are counted by nobody who counts a backbone. */
const OWN_LAYERS = /^(?:embedding|logits|classifier)(?:_|\/|$)/u;

function countBackbone(model: unknown): number {
  const { weightsManifest } = model as {
    readonly weightsManifest: readonly {
      readonly weights: readonly { readonly name: string; readonly shape: readonly number[] }[];
    }[];
  };
  return weightsManifest
    .flatMap(({ weights }) => weights)
    .filter(({ name }) => !OWN_LAYERS.test(name))
    .reduce((sum, { shape }) => sum + shape.reduce((product, side) => product * side, 1), 0);
}

/** The embeddings of a cell's test images, in the order of its evaluation. */
export async function readEmbeddings(out: string, cell: Cell): Promise<Float32Array> {
  return decodeNpy(await readFile(join(cellFolder(out, cell).path, 'embeddings.npy'))).values;
}
