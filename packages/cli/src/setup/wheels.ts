import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { IsometryError } from '@isometry/core';
import { runPip, type Python } from './python.ts';
import { runProgram } from './run-program.ts';
import type { SetupContext } from './setup-options.ts';

/** Which wheels to fetch. They are only unpacked, never imported: any Python may fetch them. */
export interface WheelRequest {
  /** `name==version`, each without its dependencies. */
  readonly requirements: readonly string[];
  /** The Python that the wheels are made for, e.g. `3.11`. */
  readonly pythonVersion: string;
  readonly platforms: readonly string[];
}

/**
 * Unpacks the members of a wheel (argv 1) below a folder (argv 2) that start with one of the given
 * prefixes. zipfile refuses absolute paths and `..` itself.
 */
const EXTRACT_SCRIPT = `
import sys, zipfile
wheel, folder, *prefixes = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    names = [name for name in archive.namelist() if name.startswith(tuple(prefixes))]
    archive.extractall(folder, names)
print(len(names))
`;

/** The arguments of `pip download` for a request; wheels land in `folder`. */
export function pipDownloadArgs(request: WheelRequest, folder: string): readonly string[] {
  return [
    'download',
    '--no-deps',
    '--only-binary=:all:',
    '--implementation=cp',
    `--python-version=${request.pythonVersion}`,
    ...request.platforms.map((platform) => `--platform=${platform}`),
    // A wheel in pip's own cache as well would take the space twice.
    '--no-cache-dir',
    `--dest=${folder}`,
    ...request.requirements,
  ];
}

/**
 * Downloads wheels into `scratch`, unpacks what starts with one of `prefixes` into `folder`, and
 * deletes the wheels.
 * @returns the bytes that were downloaded
 * @throws `SETUP_FAILED`, `ABORTED`
 */
export async function unpackWheels(
  python: Python,
  request: WheelRequest,
  target: { readonly folder: string; readonly prefixes: readonly string[] },
  context: SetupContext,
): Promise<number> {
  const scratch = join(target.folder, '.wheels');
  let downloaded = 0;
  // One after another: the disk never holds more than one wheel besides what is unpacked.
  for (const requirement of request.requirements) {
    await mkdir(scratch, { recursive: true });
    const one = { ...request, requirements: [requirement] };
    await runPip(python, pipDownloadArgs(one, scratch), context);
    for (const name of await readdir(scratch)) {
      const wheel = join(scratch, name);
      downloaded += (await stat(wheel)).size;
      await unpack(python, wheel, target, context);
    }
    await rm(scratch, { recursive: true, force: true });
  }
  return downloaded;
}

async function unpack(
  python: Python,
  wheel: string,
  target: { readonly folder: string; readonly prefixes: readonly string[] },
  context: SetupContext,
): Promise<void> {
  const { code, stdout, stderr } = await runProgram(
    python.command,
    ['-c', EXTRACT_SCRIPT, wheel, target.folder, ...target.prefixes],
    context,
  );
  if (code === 0 && Number(stdout) > 0) return;
  const isFull = /No space left|quota/i.test(stderr);
  const reason = code === 0 ? 'it holds no such file' : (stderr.trim().split('\n').at(-1) ?? '');
  throw new IsometryError('SETUP_FAILED', `${wheel} could not be unpacked: ${reason}.`, {
    hint: isFull
      ? 'The disk is full: free some space, or name another folder with ISOMETRY_CACHE.'
      : 'Run the same command again: the wheel is downloaded anew.',
  });
}
