import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable } from 'node:stream';
import { IsometryError, throwIfAborted } from '@isometry/core';

/** How a child process ended. */
export interface ProgramResult {
  /** Its exit code; -1 when a signal ended it, and `undefined` when there is no such program. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunProgramOptions {
  readonly cwd?: string | undefined;
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What is kept of each stream: a compiler can print megabytes, and the reason is at the end. */
const MAX_OUTPUT_CHARACTERS = 1_000_000;

/**
 * Runs a program to its end, without a shell, and keeps what it printed.
 * @throws `ABORTED` once the program has ended, so that nothing still writes when the caller tidies up
 */
export async function runProgram(
  file: string,
  args: readonly string[],
  options: RunProgramOptions = {},
): Promise<ProgramResult> {
  throwIfAborted(options.signal);
  const child = spawn(file, [...args], {
    cwd: options.cwd,
    env: { ...(options.env ?? process.env) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  // Not spawn's own `signal`: it keeps its listener when the program does not exist.
  const stop = (): void => void child.kill();
  options.signal?.addEventListener('abort', stop);
  try {
    const result = await ended(child, file);
    throwIfAborted(options.signal);
    return result;
  } finally {
    options.signal?.removeEventListener('abort', stop);
  }
}

function ended(
  child: ChildProcessByStdio<null, Readable, Readable>,
  file: string,
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      stdout = (stdout + chunk).slice(-MAX_OUTPUT_CHARACTERS);
    });
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      stderr = (stderr + chunk).slice(-MAX_OUTPUT_CHARACTERS);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ code: undefined, stdout, stderr });
      else if (error.code === 'EACCES') resolve({ code: 126, stdout, stderr: error.message });
      else reject(startFailed(file, error));
    });
    child.on('close', (code) => {
      resolve({ code: code ?? -1, stdout, stderr });
    });
  });
}

function startFailed(file: string, cause: Error): IsometryError {
  return new IsometryError('SETUP_FAILED', `${file} could not be started: ${cause.message}.`, {
    cause,
    details: { program: file },
  });
}
