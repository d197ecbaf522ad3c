import { isatty } from 'node:tty';
import { EXIT_CODES } from './exit-codes.ts';
import type { Terminal } from './terminal.ts';

/** Of a stream that is no terminal. */
const DEFAULT_COLUMNS = 80;

/** This process' own terminal. The first Ctrl-C or SIGTERM aborts, the second ends at once. */
export function createProcessTerminal(): Terminal {
  const { stdout, stderr, env } = process;
  const isTerminal = isatty(stderr.fd);
  const controller = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    process.on(name, () => {
      // oxlint-disable-next-line node/no-process-exit -- the user asked twice
      if (controller.signal.aborted) process.exit(EXIT_CODES.aborted);
      controller.abort(name);
    });
  }
  // `isometry … | head`: nobody reads any more, which is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    // oxlint-disable-next-line node/no-process-exit -- whoever closed the pipe has what it wanted
    process.exit(EXIT_CODES.ok);
  });
  // What goes there is for whoever watches; a server goes on without, and so does a training.
  stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    redraws: isTerminal && env['CI'] === undefined && env['TERM'] !== 'dumb',
    colors: usesColors(isTerminal, env),
    columns: stderr.columns ?? DEFAULT_COLUMNS,
    signal: controller.signal,
    env,
    cwd: process.cwd(),
  };
}

/** By the conventions of no-color.org and force-color.org. */
export function usesColors(
  isTerminal: boolean,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  if ((env['FORCE_COLOR'] ?? '') !== '') return env['FORCE_COLOR'] !== '0';
  return isTerminal && env['TERM'] !== 'dumb';
}
