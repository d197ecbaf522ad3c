import { readFile } from 'node:fs/promises';
import { IsometryError } from '@isometry/core';
import { writeWholeFile } from '../write-whole-file.ts';
import type { CellCost } from './cell-cost.ts';
import type { Cell } from './grid.ts';

/** cell.json: that a cell is done, and what it took. */
export interface CellResult {
  readonly version: 1;
  readonly cell: Cell;
  readonly training: CellCost;
  /** Seconds of export and evaluation. */
  readonly evaluationSeconds: number;
  /** The epoch that each stage ended with, from 1, by stage. */
  readonly epochs: Readonly<Record<string, number>>;
  /** On the test images, 0 to 1; evaluation.json has the rest. */
  readonly scores: { readonly accuracy: number; readonly balancedAccuracy: number };
}

/** failed.json: a cell whose training cannot end, and why. */
export interface CellFailure {
  readonly version: 1;
  readonly message: string;
}

export async function writeCellFile(
  path: string,
  content: CellResult | CellFailure,
): Promise<void> {
  await writeWholeFile(path, `${JSON.stringify(content, undefined, 2)}\n`);
}

/** The cell.json of a cell; undefined when there is none, or one that was cut off: then it is not done. */
export async function readCellResult(path: string): Promise<CellResult | undefined> {
  const found = await readObject(path);
  const isWhole =
    found?.['version'] === 1 &&
    isRecord(found['cell']) &&
    isRecord(found['training']) &&
    typeof found['training']['seconds'] === 'number' &&
    typeof found['evaluationSeconds'] === 'number' &&
    isRecord(found['epochs']) &&
    isRecord(found['scores']) &&
    typeof found['scores']['accuracy'] === 'number' &&
    typeof found['scores']['balancedAccuracy'] === 'number';
  return isWhole ? (found as unknown as CellResult) : undefined;
}

/** Why a cell's last training failed, if it did. */
export async function readCellFailure(path: string): Promise<string | undefined> {
  const message = (await readObject(path))?.['message'];
  return typeof message === 'string' ? message : undefined;
}

async function readObject(path: string): Promise<Record<string, unknown> | undefined> {
  try {
    const found: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isRecord(found) ? found : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * Reads a JSON file that a cell has to have.
 * @throws `RUN_INVALID` naming the file, and what to do with the cell
 */
export async function readCellJson(path: string, cellPath: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch (cause) {
    throw cellInvalid(cellPath, `${path} is missing or damaged.`, cause);
  }
}

export function cellInvalid(cellPath: string, problem: string, cause?: unknown): IsometryError {
  return new IsometryError('RUN_INVALID', problem, {
    hint: `Remove ${cellPath} and run the command again: that cell is trained anew.`,
    cause,
    details: { cell: cellPath },
  });
}
