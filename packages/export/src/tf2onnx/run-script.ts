import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { throwIfAborted } from '@isometry/core';
import { endTree } from './end-tree.ts';
import { converterMissing } from './failure.ts';

/** How a run of the script ended. */
export interface ScriptEnding {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly hasTimedOut: boolean;
  readonly timeoutMs: number;
  /** The end of what was printed there. */
  readonly stderr: string;
}

export interface RunScriptOptions {
  readonly python: string | undefined;
  /** Where the script and the libraries below it put their temporary files. */
  readonly folder: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Is told each line of the standard output. */
  readonly onLine: (line: string) => void;
}

/** The same path from `src` and from `dist`, into which the compiler copies no Python. */
const SCRIPT = fileURLToPath(new URL('../../src/tf2onnx/convert_layers_model.py', import.meta.url));

/** The reason stands at the end, behind what may be megabytes of a model's config. */
const MAX_STDERR_CHARACTERS = 256 * 1024;

/** Lines are short answers; a program that is not ours may print a novel without an end of line. */
const MAX_LINE_CHARACTERS = 1024 * 1024;

/** How long pipes may stay open behind the process: a grandchild that left its group can hold them for ever. */
const PIPES_MS = 1_000;

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Runs the Python script in a process group of its own, and ends the whole group on a time-out or an abort.
 * @throws `CONVERTER_UNAVAILABLE` when there is no such program; `ABORTED` once the child is gone
 */
export async function runScript(
  args: readonly string[],
  options: RunScriptOptions,
): Promise<ScriptEnding> {
  const { python, signal, timeoutMs } = options;
  throwIfAborted(signal);
  if (python === undefined) throw converterMissing('There is no Python with tf2onnx.');
  // -I: no module of the working directory or of the user gets in between; -X utf8: answers are UTF-8 everywhere.
  const child: Child = spawn(python, ['-I', '-X', 'utf8', SCRIPT, ...args], {
    stdio: ['pipe', 'pipe', 'pipe'],
    env: environment(options.folder),
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    stderr = (stderr + chunk).slice(-MAX_STDERR_CHARACTERS);
  });
  passLines(child.stdout, options.onLine);
  // Never written to: it stays open for as long as this process lives, and the script watches it.
  child.stdin.on('error', () => {});
  let hasTimedOut = false;
  const stop = (): void => endTree(child);
  const timer = setTimeout(() => {
    hasTimedOut = true;
    stop();
  }, timeoutMs);
  signal?.addEventListener('abort', stop);
  try {
    const [code, killer] = await exitOf(child, python);
    throwIfAborted(signal);
    return { code, signal: killer, hasTimedOut, timeoutMs, stderr };
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  }
}

async function exitOf(
  child: Child,
  python: string,
): Promise<[number | null, NodeJS.Signals | null]> {
  const closed = once(child, 'close');
  let ending: [number | null, NodeJS.Signals | null];
  try {
    ending = (await once(child, 'exit')) as typeof ending;
  } catch (cause) {
    closed.catch(() => {});
    throw converterMissing(`${python} cannot be started.`, cause);
  }
  await Promise.race([closed, sleep(PIPES_MS, undefined, { ref: false })]);
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  return ending;
}

function passLines(stream: Readable, onLine: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = (lines.pop() ?? '').slice(-MAX_LINE_CHARACTERS);
    for (const line of lines) onLine(line);
  });
}

/** Quiet, on the CPU, its temporary files where they are removed. */
function environment(folder: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    TF_CPP_MIN_LOG_LEVEL: '2',
    CUDA_VISIBLE_DEVICES: '-1',
    TMPDIR: folder,
    TEMP: folder,
    TMP: folder,
  };
}
