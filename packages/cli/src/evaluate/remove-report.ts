import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { IsometryError } from '@isometry/core';

/** How a report names its drawings: another file there is not its own. */
const DRAWING = /-(?:light|dark)\.(?:svg|png)$/u;

/**
 * Removes the page, pictures and figures of an earlier report, which would be taken for those of the new one.
 * @throws `FILE_WRITE_FAILED`
 */
export async function removeReport(folder: string): Promise<void> {
  const drawings = (await readdir(join(folder, 'figures')).catch(() => []))
    .filter((name) => DRAWING.test(name))
    .map((name) => join('figures', name));
  try {
    await Promise.all(
      ['index.html', 'mistakes.png', ...drawings].map((name) =>
        rm(join(folder, name), { force: true }),
      ),
    );
  } catch (cause) {
    throw new IsometryError(
      'FILE_WRITE_FAILED',
      `An earlier report in ${folder} stays in the way.`,
      {
        hint: 'Remove it, or name another folder with --out.',
        cause,
        details: { folder },
      },
    );
  }
}
