import { IsometryError } from '@isometry/core';
import { runProgram } from './run-program.ts';
import type { SetupContext } from './setup-options.ts';

/** A Python that answered. */
export interface Python {
  /** As it was found: a name on the PATH. */
  readonly command: string;
  /** Major and minor version, e.g. `[3, 11]`. */
  readonly version: readonly [number, number];
}

/** Oldest and newest minor version of Python 3 that are wanted, both included. */
export interface PythonRange {
  readonly from: number;
  readonly to: number;
}

/** What to type where there is no Python with pip. */
export const PYTHON_HINT =
  'Install Python 3 with pip (Debian, Ubuntu: `apt-get install -y python3-pip`; macOS: `brew install python`).';

/** Asked for its version, because a name may be a shim or a broken link that runs nothing. */
const VERSION_SCRIPT = 'import sys; print(sys.version_info[0], sys.version_info[1])';

/** The names to try, the newest version first, and `python3` last. */
export function pythonCandidates(range: PythonRange): readonly string[] {
  const minors = Array.from({ length: range.to - range.from + 1 }, (_, back) => range.to - back);
  return [...minors.map((minor) => `python3.${minor}`), 'python3', 'python'];
}

/** Reads what {@link VERSION_SCRIPT} printed; `undefined` unless it is a Python in the range. */
export function parsePythonVersion(
  stdout: string,
  range: PythonRange,
): readonly [number, number] | undefined {
  const [major, minor] = stdout.trim().split(' ').map(Number);
  if (major !== 3 || minor === undefined || !Number.isInteger(minor)) return undefined;
  return minor >= range.from && minor <= range.to ? [3, minor] : undefined;
}

/** Finds a Python in the range that has pip; one without pip is not of use here. */
export async function findPython(
  range: PythonRange,
  { env, signal }: Pick<SetupContext, 'env' | 'signal'>,
): Promise<Python | undefined> {
  for (const command of pythonCandidates(range)) {
    const { code, stdout } = await runProgram(command, ['-c', VERSION_SCRIPT], { env, signal });
    const version = code === 0 ? parsePythonVersion(stdout, range) : undefined;
    if (version === undefined) continue;
    const pip = await runProgram(command, ['-m', 'pip', '--version'], { env, signal });
    if (pip.code === 0) return { command, version };
  }
  return undefined;
}

/**
 * Runs pip and turns its failure into one line.
 * @throws `SETUP_FAILED`, `ABORTED`
 */
export async function runPip(
  python: Python,
  args: readonly string[],
  { env, signal }: Pick<SetupContext, 'env' | 'signal'>,
): Promise<void> {
  const quiet = ['--quiet', '--disable-pip-version-check', '--no-input'];
  const [verb, ...rest] = args as readonly [string, ...string[]];
  const { code, stderr } = await runProgram(
    python.command,
    ['-m', 'pip', verb, ...quiet, ...rest],
    {
      env,
      signal,
    },
  );
  if (code === 0) return;
  const failure = explainPipFailure(stderr);
  throw new IsometryError('SETUP_FAILED', `pip ${verb} failed: ${failure.reason}.`, {
    hint: failure.hint,
    details: { stderr: stderr.slice(-2_000) },
  });
}

/** What pip's stderr means, in one line, and what to do about it. */
export function explainPipFailure(stderr: string): { reason: string; hint: string } {
  if (/No space left on device|Disk quota exceeded/i.test(stderr)) {
    return {
      reason: 'the disk is full',
      hint: 'Free some space, or name other folders with ISOMETRY_CACHE and TMPDIR.',
    };
  }
  // Before "no matching distribution": that is what pip says at the end of a failed connection too.
  if (
    /NewConnectionError|ConnectTimeout|Name or service not known|name resolution|Network is unreachable|ProxyError|Connection refused|SSLError|Read timed out/i.test(
      stderr,
    )
  ) {
    return {
      reason: 'the Python package index cannot be reached',
      hint: 'Check the network, or point pip at a mirror (PIP_INDEX_URL, or `pip config set global.index-url …`).',
    };
  }
  if (/No matching distribution found|Could not find a version/i.test(stderr)) {
    return {
      reason: 'the package index has no such wheel for this platform',
      hint: 'Point pip at an index that mirrors PyPI (PIP_INDEX_URL).',
    };
  }
  if (/no such option/i.test(stderr)) {
    return { reason: 'this pip is too old', hint: 'Run `python3 -m pip install --upgrade pip`.' };
  }
  const lines = stderr.trim().split('\n');
  const errors = lines.filter((line) => line.startsWith('ERROR: '));
  const last = (errors.at(-1) ?? lines.at(-1) ?? '').replace(/^ERROR: /, '').replace(/\.$/, '');
  return {
    reason: last === '' ? 'it said nothing' : last,
    hint: 'Run the same command again; with ISOMETRY_DEBUG=1 it shows all that pip said.',
  };
}
