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
