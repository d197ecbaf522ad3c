import { IsometryError } from '../errors.ts';

/** @throws `OPTION_INVALID`, naming the row, unless every value of `named` is a class, 0 to `classes - 1` */
export function assertClasses(named: string, values: ArrayLike<number>, classes: number): void {
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row] as number;
    if (Number.isInteger(value) && value >= 0 && value < classes) continue;
    throw new IsometryError(
      'OPTION_INVALID',
      `${named} ${row} is ${value}; it must be a class, 0 to ${classes - 1}.`,
      { details: { row, value: String(value), classes } },
    );
  }
}

/** @throws `OPTION_INVALID` unless the two lists are of the same images */
export function assertSameLength(named: string, length: number, expected: number): void {
  if (length === expected) return;
  throw new IsometryError('OPTION_INVALID', `${named}: ${length} values for ${expected} images.`, {
    hint: 'Give one value for every image, in the same order.',
    details: { length, expected },
  });
}

/** @throws `OPTION_INVALID`: a mean over no images is no number */
export function assertImages(named: string, count: number): void {
  if (count > 0) return;
  throw new IsometryError('OPTION_INVALID', `${named} of no images does not exist.`);
}

/**
 * Checks `[N, classes]` probabilities, row-major. That a row adds up to 1 is not asked: float32 only nearly does.
 * @throws `OPTION_INVALID`, naming the row that holds NaN or a value outside 0 to 1, or whose class is none
 */
export function assertProbabilities(
  probabilities: ArrayLike<number>,
  truth: ArrayLike<number>,
  classes: number,
): void {
  assertSameLength('Probabilities', probabilities.length, truth.length * classes);
  assertClasses('The true class of row', truth, classes);
  for (let index = 0; index < probabilities.length; index += 1) {
    const value = probabilities[index] as number;
    if (value >= 0 && value <= 1) continue;
    const row = Math.floor(index / classes);
    throw new IsometryError('OPTION_INVALID', `Row ${row} holds the probability ${value}.`, {
      hint: 'Give probabilities, 0 to 1: a softmax of the logits.',
      details: { row, value: String(value) },
    });
  }
}
