import { IsometryError } from '@isometry/core';

/** The error of a tfjs model that cannot be read; `subject` names the file, weight or layer at fault. */
export function tfjsModelInvalid(subject: string, problem: string, cause?: unknown): IsometryError {
  return new IsometryError('RUN_INVALID', `${subject}: ${problem}.`, {
    hint: 'Save or convert the model again, or copy its folder again, whole: model.json and all its weight files.',
    details: { subject, problem },
    ...(cause === undefined ? {} : { cause }),
  });
}
