import { inspect } from 'node:util';
import { isIsometryError, type IsometryError } from '@isometry/core';
import pc from 'picocolors';
import { EXIT_CODE_OF, EXIT_CODES } from './exit-codes.ts';
import { printable } from './printable.ts';
import type { Terminal } from './terminal.ts';

/**
 * An error as people read it: `error CODE: message` and a hint, never a stack trace, except with
 * `ISOMETRY_DEBUG=1`. `subject` says which of several things failed.
 */
export function formatError(
  error: unknown,
  terminal: Pick<Terminal, 'colors' | 'env'>,
  subject?: string,
): string {
  const colors = pc.createColors(terminal.colors);
  const about = subject === undefined ? '' : `${printable(subject)}: `;
  const lines = isIsometryError(error)
    ? [`${colors.red(`error ${error.code}`)}: ${about}${shown(error.message)}`, ...hintOf(error)]
    : [
        `${colors.red('error')}: ${about}${messageOf(error)}`,
        'hint: this is a bug; run again with ISOMETRY_DEBUG=1 and report what it prints',
      ];
  if (terminal.env['ISOMETRY_DEBUG'] === '1') lines.push(inspect(error, { depth: 5 }));
  return `${lines.join('\n')}\n`;
}

/** The exit code for whatever a command threw. */
export function exitCodeOf(error: unknown): number {
  return isIsometryError(error) ? EXIT_CODE_OF[error.code] : EXIT_CODES.bug;
}

function hintOf(error: IsometryError): readonly string[] {
  return error.hint === undefined ? [] : [`hint: ${shown(error.hint)}`];
}

function messageOf(error: unknown): string {
  return printable(
    (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '',
  );
}

/** Some messages and hints have lines; whatever else controls a terminal came out of somebody's file. */
function shown(text: string): string {
  return text.split('\n').map(printable).join('\n');
}
