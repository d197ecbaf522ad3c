import { modelInvalid } from './model-invalid.ts';

/** Longest `location` in UTF-16 units. A folder and a file name of 255 each are 511. */
const MAX_LOCATION_LENGTH = 1024;

/**
 * Checks that a side file's `location` stays in the model's folder, on every system: relative, forward slashes, no
 * `..`, no drive or stream (`c:`), no control characters. What a link there leads to only a file system can tell.
 * @throws `MODEL_INVALID`
 */
export function assertLocation(location: string, owner: string): void {
  const parts = location.split('/');
  const isInside =
    location.length <= MAX_LOCATION_LENGTH &&
    // oxlint-disable-next-line no-control-regex -- a path with a NUL ends early for the system that opens it
    !/[\\:\u0000-\u001f\u007f]/u.test(location) &&
    parts.every((part) => part !== '' && part !== '.' && part !== '..');
  if (!isInside) {
    throw modelInvalid(`${owner} lies in no file of the model's folder: "${location}"`);
  }
}
