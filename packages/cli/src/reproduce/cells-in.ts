import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { IsometryError } from '@isometry/core';
import { GRID_BACKBONES, GRID_LOSSES, MAX_SEED, type Cell } from './grid.ts';

/**
 * All cells that a folder has, in the order of the paper's table: what a report is about, whatever was trained last.
 * @throws `FILE_READ_FAILED`
 */
export async function cellsIn(out: string): Promise<readonly Cell[]> {
  const rows = GRID_BACKBONES.flatMap((backbone) =>
    GRID_LOSSES.map((loss) => ({ backbone, loss })),
  );
  const cells = await Promise.all(
    rows.map(async ({ backbone, loss }): Promise<readonly Cell[]> => {
      const names = await list(join(resolve(out), 'cells', backbone, loss));
      return names
        .map((name) => ({ name, seed: Number(name.replace('seed-', '')) }))
        .filter(({ name, seed }) => name === `seed-${seed}` && seed >= 1 && seed <= MAX_SEED)
        .sort((a, b) => a.seed - b.seed)
        .map(({ seed }) => ({ backbone, loss, seed }));
    }),
  );
  return cells.flat();
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
    throw new IsometryError('FILE_READ_FAILED', `${folder} could not be read.`, {
      hint: 'Check that this user may read it.',
      cause,
    });
  }
}
