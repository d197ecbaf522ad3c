import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const BIN = fileURLToPath(new URL('../../packages/cli/src/bin.ts', import.meta.url));

/** A file of the fixtures, absolute. */
export function fixture(path: string): string {
  return fileURLToPath(new URL(`../fixtures/${path}`, import.meta.url));
}

export interface IsometryProcess {
  readonly child: ChildProcessByStdio<null, Readable, Readable>;
  /** What it has written to stderr so far. */
  readonly stderr: () => string;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
}

/** Starts the sources' `isometry` in a process of its own, as a user would. */
export function startIsometry(
  args: readonly string[],
  { nodeArgs = [] as readonly string[] } = {},
): IsometryProcess {
  const child = spawn(
    process.execPath,
    ['--conditions=@isometry/source', '--import=tsx', ...nodeArgs, BIN, ...args],
    { cwd: ROOT, env: { ...process.env, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => void (stdout += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (stderr += chunk));
  const ended = new Promise<Awaited<IsometryProcess['ended']>>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, stderr: () => stderr, ended };
}

/** Runs `isometry` to its end. */
export function isometry(
  args: readonly string[],
  options?: Parameters<typeof startIsometry>[1],
): IsometryProcess['ended'] {
  return startIsometry(args, options).ended;
}
