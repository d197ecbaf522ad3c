import { IsometryError } from '@isometry/core';

const MAX_PROBLEM_LENGTH = 300;

/** The `MODEL_INVALID` error of everything in this package that reads bytes. */
export function modelInvalid(reason: string, options: { cause?: unknown } = {}): IsometryError {
  // A hostile file chooses its names and shapes: they may not flood a log.
  const problem = reason.slice(0, MAX_PROBLEM_LENGTH);
  return new IsometryError('MODEL_INVALID', `Not a complete ONNX model: ${problem}.`, {
    hint: 'Copy or download the file again, or export the model again with `isometry export`.',
    details: { problem },
    ...options,
  });
}

/** The error for valid ONNX that this reader does not model. */
export function modelUnsupported(reason: string): IsometryError {
  const feature = reason.slice(0, MAX_PROBLEM_LENGTH);
  return new IsometryError('MODEL_INVALID', `The ONNX model uses ${feature}.`, {
    hint: 'Editing supports one file with dense tensors; running the model does not need this reader.',
    details: { problem: feature },
  });
}

/** The error of a model that cannot be written: a converter's mistake, or a model from elsewhere. */
export function modelUnwritable(reason: string): IsometryError {
  const problem = reason.slice(0, MAX_PROBLEM_LENGTH);
  return new IsometryError('MODEL_INVALID', `The model cannot be written as ONNX: ${problem}.`, {
    hint: 'Check the sizes and attributes of the layer or node that it comes from.',
    details: { problem },
  });
}

/** The `MODEL_TOO_LARGE` error of a file that is read or written. */
export function modelTooLarge(sizeBytes: number, maxBytes: number, hint: string): IsometryError {
  return new IsometryError(
    'MODEL_TOO_LARGE',
    `The model file has ${sizeBytes} bytes; the limit is ${maxBytes}.`,
    { hint, details: { sizeBytes, maxBytes } },
  );
}
