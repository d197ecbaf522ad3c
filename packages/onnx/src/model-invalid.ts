import { IsometryError } from '@isometry/core';

/** The `MODEL_INVALID` error of everything in this package that reads bytes. */
export function modelInvalid(problem: string, options: { cause?: unknown } = {}): IsometryError {
  return new IsometryError('MODEL_INVALID', `Not a complete ONNX model: ${problem}.`, {
    hint: 'Copy or download the file again, or export the model again with `isometry export`.',
    details: { problem },
    ...options,
  });
}

/** The error for valid ONNX that this reader does not model. */
export function modelUnsupported(feature: string): IsometryError {
  return new IsometryError('MODEL_INVALID', `The ONNX model uses ${feature}.`, {
    hint: 'Editing supports one file with dense tensors; running the model does not need this reader.',
    details: { problem: feature },
  });
}
