import { IsometryError } from '@isometry/core';

/**
 * Imports a package that the cli does without until a command needs it.
 * @throws `PACKAGE_MISSING` with the line that installs it
 */
export async function importOptional<Module>(
  name: string,
  load: () => Promise<Module>,
  install: string,
): Promise<Module> {
  try {
    return await load();
  } catch (error) {
    if (!isMissing(error, name)) throw error;
    throw new IsometryError(
      'PACKAGE_MISSING',
      `This command needs ${name}, which is not installed.`,
      {
        hint: `Run \`${install}\`.`,
        cause: error,
        details: { package: name },
      },
    );
  }
}

/** Missing itself: a package that is there and lacks one of its own is broken, not absent. */
function isMissing(error: unknown, name: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === 'ERR_MODULE_NOT_FOUND' &&
    error.message.includes(`'${name}'`)
  );
}
