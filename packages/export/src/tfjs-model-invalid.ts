import { IsometryError } from '@isometry/core';
import { shorten } from './shorten.ts';

/** The error of a tfjs model that cannot be read; `subject` names the file, weight or layer at fault. */
export function tfjsModelInvalid(subject: string, problem: string, cause?: unknown): IsometryError {
  return new IsometryError('RUN_INVALID', `${shorten(subject)}: ${shorten(problem)}.`, {
    hint: 'Save or convert the model again, or copy its folder again, whole: model.json and all its weight files.',
    details: { subject: shorten(subject), problem: shorten(problem) },
    ...(cause === undefined ? {} : { cause }),
  });
}
