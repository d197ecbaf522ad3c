import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { GRID_BACKBONES, GRID_LOSSES, type Cell } from './grid.ts';

/** All cells that a folder has, in the order of the paper's table: what a report is about, whatever was trained last. */
export async function cellsIn(out: string): Promise<readonly Cell[]> {
  const rows = GRID_BACKBONES.flatMap((backbone) =>
    GRID_LOSSES.map((loss) => ({ backbone, loss })),
  );
  const cells = await Promise.all(
    rows.map(async ({ backbone, loss }): Promise<readonly Cell[]> => {
      const names = await readdir(join(out, 'cells', backbone, loss)).catch(() => []);
      return names
        .map((name) => Number(/^seed-(\d+)$/u.exec(name)?.[1] ?? Number.NaN))
        .filter((seed) => Number.isInteger(seed))
        .sort((a, b) => a - b)
        .map((seed) => ({ backbone, loss, seed }));
    }),
  );
  return cells.flat();
}
