import type { Progress } from '@isometry/core';
import type { Terminal } from './terminal.ts';

/** Shows the progress of long calls on stderr. */
export interface ProgressPrinter {
  /** For `onProgress`. */
  readonly report: (progress: Progress) => void;
  /** Ends the bar, so that what is written next starts on a line of its own. */
  readonly finish: () => void;
}

/** A bar is redrawn this often at most: faster is not seen. */
const REDRAW_MS = 100;
/** A log gets a line a stage, and another when this long has passed: a CI log stays readable. */
const LOG_LINE_MS = 5_000;
const BAR_CELLS = 24;

/** A bar on a terminal, plain lines in a log. */
export function createProgressPrinter(
  terminal: Pick<Terminal, 'err' | 'redraws' | 'columns'>,
  now: () => number = () => performance.now(),
): ProgressPrinter {
  let stage: string | undefined;
  let lastAt = Number.NEGATIVE_INFINITY;
  let isBarOpen = false;

  function endBar(): void {
    if (isBarOpen) terminal.err('\n');
    isBarOpen = false;
  }

  return {
    report(progress) {
      const isNewStage = progress.stage !== stage;
      const isDone = progress.total !== undefined && progress.done >= progress.total;
      const pause = terminal.redraws ? REDRAW_MS : LOG_LINE_MS;
      if (!isNewStage && !isDone && now() - lastAt < pause) return;
      if (isNewStage) endBar();
      stage = progress.stage;
      lastAt = now();
      if (terminal.redraws) {
        // Cut to the width: a line that wraps cannot be redrawn.
        terminal.err(`\r\u001B[2K${barLine(progress).slice(0, terminal.columns - 1)}`);
        isBarOpen = true;
      } else {
        terminal.err(`${logLine(progress)}\n`);
      }
    },
    finish: endBar,
  };
}

function barLine({ stage, done, total, message }: Progress): string {
  const detail = message === undefined ? '' : `  ${message}`;
  if (total === undefined || total <= 0) return `${stage}  ${done}${detail}`;
  const filled = Math.round((BAR_CELLS * Math.min(done, total)) / total);
  const bar = '#'.repeat(filled) + '-'.repeat(BAR_CELLS - filled);
  return `${stage}  [${bar}] ${done}/${total}${detail}`;
}

function logLine({ stage, done, total, message }: Progress): string {
  const count = total === undefined ? `${done}` : `${done}/${total}`;
  return `${stage}: ${count}${message === undefined ? '' : `  ${message}`}`;
}
