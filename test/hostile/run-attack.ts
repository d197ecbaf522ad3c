import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Outcome } from './target.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const WORKER = fileURLToPath(new URL('attack-worker.ts', import.meta.url));

/** A case that takes longer has hung: the slowest takes 2 s alone, and processes take turns on a busy machine. */
const CASE_TIMEOUT_MS = 60_000;

export interface AttackLine extends Outcome {
  readonly index: number;
  readonly mutation: string;
  readonly milliseconds: number;
  /** The largest buffer that was asked for. */
  readonly largestBytes: number;
  /** How far reading has raised the process's peak memory since the warm-up, up to this case. */
  readonly grownBytes: number;
  readonly openFiles: number;
}

export interface Attack {
  readonly target: 'model' | 'manifest' | 'run';
  readonly from?: number;
  readonly step: number;
  readonly below: number;
  /** V8's heap, in megabytes: beyond it the process dies. */
  readonly heapMegabytes: number;
}

/** Attacks in a process of its own. A crash or a hang ends it, and is an error that names the case. */
export async function runAttack(attack: Attack): Promise<readonly AttackLine[]> {
  const { target, from = 0, step, below, heapMegabytes } = attack;
  const child = spawn(
    process.execPath,
    [
      '--conditions=@isometry/source',
      '--import=tsx',
      `--max-old-space-size=${heapMegabytes}`,
      WORKER,
      target,
      ...[from, step, below].map(String),
    ],
    { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => void (stderr += chunk));
  const ended = new Promise<number | string | null>((resolve, reject) => {
    child.on('error', reject).on('close', (code, signal) => resolve(code ?? signal));
  });
  let watchdog = setTimeout(() => child.kill('SIGKILL'), CASE_TIMEOUT_MS);
  const lines: AttackLine[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => child.kill('SIGKILL'), CASE_TIMEOUT_MS);
    lines.push(JSON.parse(line) as AttackLine);
  }
  const code = await ended;
  clearTimeout(watchdog);
  const next = lines.length === 0 ? 'a sound input' : `case ${(lines.at(-1)?.index ?? 0) + step}`;
  if (code !== 0)
    throw new TypeError(`${target}: ended with ${code} in ${next}: ${stderr.slice(-3000)}`);
  return lines;
}
