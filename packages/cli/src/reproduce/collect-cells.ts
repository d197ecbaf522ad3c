import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeNpy, IsometryError } from '@isometry/core';
import type { Evaluation } from '@isometry/report';
import { cellFolder, cellStatuses, type CellFolder } from './cell-folder.ts';
import { cellInvalid, readCellJson, type CellResult } from './cell-result.ts';
import { cellId, type Cell } from './grid.ts';

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
 * Reads all cells of a folder that are done, and makes sure that they compare: the same images and labels, of one seed the
 * same split, of one backbone the same weights at the start.
 * @throws `RUN_INVALID` when they do not, or a cell is damaged
 */
export async function collectCells(
  out: string,
  cells: readonly Cell[],
): Promise<readonly CollectedCell[]> {
  const done = (await cellStatuses(out, cells)).flatMap(({ cell, result }) =>
    result === undefined ? [] : [{ cell, result }],
  );
  const collected = await Promise.all(done.map((own) => collect(out, own)));
  for (const one of collected) {
    for (const other of collected) {
      const difference = whatDiffers(one, other);
      if (difference === undefined) continue;
      throw new IsometryError(
        'RUN_INVALID',
        `${cellId(one.cell)} and ${cellId(other.cell)} have other ${difference}: they do not compare.`,
        {
          hint: 'Remove the folder of the one that is wrong and run the command again.',
          details: { cells: [cellId(one.cell), cellId(other.cell)] },
        },
      );
    }
  }
  return collected;
}

function whatDiffers(one: CollectedCell, other: CollectedCell): string | undefined {
  if (one.dataDigest !== other.dataDigest) return 'images';
  if (one.evaluation.model.labels.join('\n') !== other.evaluation.model.labels.join('\n')) {
    return 'labels';
  }
  if (one.cell.seed === other.cell.seed && one.splitDigest !== other.splitDigest) return 'splits';
  if (one.cell.backbone === other.cell.backbone && one.weights !== other.weights) {
    return 'weights at the start';
  }
  return undefined;
}

async function collect(
  out: string,
  { cell, result }: Pick<CollectedCell, 'cell' | 'result'>,
): Promise<CollectedCell> {
  const folder = cellFolder(out, cell);
  const config = (await readCellJson(join(folder.run, 'config.json'), folder.path)) as {
    readonly dataDigest: string;
    readonly weights: string;
  };
  const split = await readCellBytes(join(folder.run, 'split.csv'), folder);
  const evaluation = await readEvaluation(folder);
  assertIsOf(cell, result, evaluation, folder);
  return {
    cell,
    result,
    evaluation,
    splitDigest: createHash('sha256').update(split).digest('hex'),
    dataDigest: config.dataDigest,
    weights: config.weights,
    backboneParameters: countBackbone(
      await readCellJson(join(folder.run, 'model.json'), folder.path),
    ),
  };
}

async function readEvaluation(folder: CellFolder): Promise<Evaluation> {
  const { parseEvaluation } = await import('@isometry/report');
  const json = await readCellJson(folder.evaluation, folder.path);
  try {
    return parseEvaluation(json);
  } catch (cause) {
    throw cellInvalid(folder.path, `${folder.evaluation} is no evaluation.`, cause);
  }
}

/** A folder that was copied to another's place would be reported as what it is not. */
function assertIsOf(
  cell: Cell,
  result: CellResult,
  { model }: Evaluation,
  folder: CellFolder,
): void {
  const { training } = model;
  const isOf =
    cellId(result.cell) === cellId(cell) &&
    training?.backbone === cell.backbone &&
    training.loss === cell.loss &&
    training.seed === cell.seed;
  if (!isOf)
    throw cellInvalid(folder.path, `${folder.path} holds another cell than its name says.`);
}

async function readCellBytes(path: string, folder: CellFolder): Promise<Uint8Array> {
  return readFile(path).catch((cause: unknown) => {
    throw cellInvalid(folder.path, `${path} is missing or cannot be read.`, cause);
  });
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

/** The embeddings of a cell's test images, in the order of its evaluation. @throws `RUN_INVALID` */
export async function readEmbeddings(
  out: string,
  { cell, evaluation }: CollectedCell,
): Promise<Float32Array> {
  const folder = cellFolder(out, cell);
  const bytes = await readCellBytes(folder.embeddings, folder);
  const expected = evaluation.images.length * evaluation.model.embedding.size;
  try {
    const { values } = decodeNpy(bytes);
    if (values.length === expected) return values;
  } catch (cause) {
    throw cellInvalid(folder.path, `${folder.embeddings} is damaged.`, cause);
  }
  throw cellInvalid(folder.path, `${folder.embeddings} is of other images than its evaluation.`);
}
