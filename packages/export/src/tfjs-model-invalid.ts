import { IsometryError } from '@isometry/core';
import { shorten } from './shorten.ts';

const HINT =
  'Save or convert the model again, or copy its folder again, whole: model.json and all its weight files.';

/** The error of a tfjs model that cannot be read; `subject` names the file, weight or layer at fault. */
export function tfjsModelInvalid(
  subject: string,
  problem: string,
  cause?: unknown,
  hint: string = HINT,
): IsometryError {
  return new IsometryError('RUN_INVALID', `${shorten(subject)}: ${shorten(problem)}.`, {
    hint,
    details: { subject: shorten(subject), problem: shorten(problem) },
    ...(cause === undefined ? {} : { cause }),
  });
}
