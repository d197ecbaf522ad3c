import { realpath } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Finds the folder of an npm package: as the user's project sees it, as one of `through` (packages
 * that depend on it) sees it there, else as the cli does.
 */
export async function findPackage(
  name: string,
  cwd: string,
  through: readonly string[] = [],
): Promise<string | undefined> {
  const starts = [join(cwd, 'package.json'), fileURLToPath(import.meta.url)];
  for (const start of starts) {
    const direct = resolveFrom(start, name);
    if (direct !== undefined) return realpath(direct);
    for (const dependent of through) {
      const folder = resolveFrom(start, dependent);
      if (folder === undefined) continue;
      // The real path: a package manager that keeps packages apart links them from elsewhere.
      const indirect = resolveFrom(join(await realpath(folder), 'package.json'), name);
      if (indirect !== undefined) return realpath(indirect);
    }
  }
  return undefined;
}

function resolveFrom(file: string, name: string): string | undefined {
  try {
    return dirname(createRequire(file).resolve(`${name}/package.json`));
  } catch {
    return undefined;
  }
}
