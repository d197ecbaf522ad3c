import { IsometryError } from '@isometry/core';
import { shorten } from './shorten.ts';

/** What a caller can say of a model that does not say it itself. */
export type ModelOption = 'embedding' | 'inputSize' | 'labels' | 'logits';

const HINTS: Readonly<Record<ModelOption, string>> = {
  embedding:
    'Name a layer or an output whose value is a vector: the option `embedding`, on the command line --embedding.',
  inputSize:
    'Say how large the images are: the option `inputSize`, on the command line --input-size.',
  labels:
    'Give one label for each value of the logits, in their order: the option `labels`, on the command line --labels.',
  logits:
    'Name a layer or an output with one value a class: the option `logits`, on the command line --logits.',
};

/** The error where an option names nothing in the model, or the model needs it. */
export function roleUnclear(option: ModelOption, problem: string): IsometryError {
  return new IsometryError('OPTION_INVALID', `${shorten(problem)}.`, {
    hint: HINTS[option],
    details: { option, problem: shorten(problem) },
  });
}
