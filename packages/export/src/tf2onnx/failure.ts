import { IsometryError } from '@isometry/core';
import { explainStderr, type Explanation } from './explain-stderr.ts';
import { FAILURE_KINDS, isTf2onnxFailure } from './failure-kinds.ts';
import type { ScriptEnding } from './run-script.ts';
import type { ScriptProblem } from './script-answers.ts';

/** Enough to see the call that failed; a config in an error message can fill a line of megabytes. */
const KEPT_LINES = 20;
const KEPT_LINE_CHARACTERS = 400;

/** The error of a machine without a Python that runs. */
export function converterMissing(message: string, cause?: unknown): IsometryError {
  return toError({ failure: 'python-missing', message }, '', { cause });
}

/** What the script refused by itself, as the error that it is. */
export function problemError(refusal: ScriptProblem, stderr: string): IsometryError {
  const { problem, message, details } = refusal;
  const failure = isTf2onnxFailure(problem) ? problem : 'unknown';
  // A name stays as it is spelt.
  const start = message.startsWith('tf2onnx') ? 't' : message.charAt(0).toUpperCase();
  const sentence = `${start}${message.slice(1)}.`;
  return toError({ failure, message: sentence }, stderr, { details });
}

/** What an ending without an answer means: by its time, by what was printed last, by its signal. */
export function failureOf(ending: ScriptEnding, cause?: unknown): IsometryError {
  return toError(explain(ending), ending.stderr, { cause });
}

function explain({ code, signal, hasTimedOut, timeoutMs, stderr }: ScriptEnding): Explanation {
  if (hasTimedOut) {
    return {
      failure: 'timed-out',
      message: `tf2onnx was not done after ${timeoutMs / 1000} seconds and was stopped.`,
    };
  }
  // 132 and 137 are how a shell tells of them.
  if (signal === 'SIGILL' || code === 132) {
    return {
      failure: 'processor-unsupported',
      message: 'TensorFlow uses instructions that this processor has not (AVX).',
    };
  }
  const known = explainStderr(stderr);
  if (known !== undefined) return known;
  if (signal === 'SIGKILL' || code === 137) {
    return {
      failure: 'out-of-memory',
      message: 'tf2onnx was killed, which is how a machine ends what takes too much memory.',
    };
  }
  if (signal !== null) return { failure: 'killed', message: `tf2onnx was ended by ${signal}.` };
  return {
    failure: 'unknown',
    message:
      code === 0
        ? 'tf2onnx ended without a model.'
        : `tf2onnx failed (${lastWords(stderr) ?? `exit code ${code}`}).`,
  };
}

/** The last line: of a traceback, the error. */
function lastWords(stderr: string): string | undefined {
  const line = keptLines(stderr).at(-1)?.trim();
  return line === undefined || line === '' ? undefined : line.replace(/[.:]$/u, '').slice(0, 200);
}

function keptLines(stderr: string): string[] {
  return stderr
    .trimEnd()
    .split('\n')
    .slice(-KEPT_LINES)
    .map((line) => line.slice(0, KEPT_LINE_CHARACTERS));
}

function toError(
  { failure, message }: Explanation,
  stderr: string,
  { cause, details }: { cause?: unknown; details?: Readonly<Record<string, unknown>> },
): IsometryError {
  const { code, hint } = FAILURE_KINDS[failure];
  return new IsometryError(code, message, {
    hint,
    ...(cause === undefined ? {} : { cause }),
    details: { ...details, failure, stderr: stderr === '' ? [] : keptLines(stderr) },
  });
}
