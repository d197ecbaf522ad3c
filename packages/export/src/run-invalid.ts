import { IsometryError } from '@isometry/core';
import { shorten } from './shorten.ts';

/** The error of a run folder that cannot be exported; `subject` names the file or layer at fault. */
export function runInvalid(subject: string, problem: string, cause?: unknown): IsometryError {
  return new IsometryError('RUN_INVALID', `${shorten(subject)}: ${shorten(problem)}.`, {
    hint: 'Train the model again with `isometry train`, or copy the run folder again, whole.',
    details: { subject: shorten(subject), problem: shorten(problem) },
    ...(cause === undefined ? {} : { cause }),
  });
}
