import type { ErrorCode } from '@isometry/core';

/** What an exit code means, for `--help`. Scripts branch on the group; people read the error. */
export const EXIT_CODES = {
  ok: 0,
  bug: 1,
  usage: 2,
  file: 3,
  image: 4,
  model: 5,
  compute: 6,
  missing: 7,
  request: 8,
  /** 128 + SIGINT, as shells count. */
  aborted: 130,
} as const;

/** The exit code of every error code. A code that core gains does not compile until it is here. */
export const EXIT_CODE_OF: Readonly<Record<ErrorCode, number>> = {
  ABORTED: EXIT_CODES.aborted,
  CLASSIFIER_CLOSED: EXIT_CODES.compute,
  CONVERTER_FAILED: EXIT_CODES.compute,
  CONVERTER_UNAVAILABLE: EXIT_CODES.missing,
  DATASET_CLASS_TOO_SMALL: EXIT_CODES.image,
  DATASET_EMPTY: EXIT_CODES.image,
  DATASET_GROUP_LEAKS: EXIT_CODES.image,
  DATASET_METADATA_INVALID: EXIT_CODES.image,
  DATASET_TOO_FEW_CLASSES: EXIT_CODES.image,
  DATASET_UNREADABLE: EXIT_CODES.image,
  EXPORT_MISMATCH: EXIT_CODES.model,
  FILE_NOT_FOUND: EXIT_CODES.file,
  FILE_READ_FAILED: EXIT_CODES.file,
  FILE_WRITE_FAILED: EXIT_CODES.file,
  IMAGE_INVALID: EXIT_CODES.image,
  IMAGE_TOO_LARGE: EXIT_CODES.image,
  IMAGE_TRUNCATED: EXIT_CODES.image,
  IMAGE_UNSUPPORTED: EXIT_CODES.image,
  INFERENCE_FAILED: EXIT_CODES.compute,
  LAYER_UNSUPPORTED: EXIT_CODES.model,
  MANIFEST_INVALID: EXIT_CODES.model,
  MANIFEST_MISSING: EXIT_CODES.model,
  MANIFEST_VERSION_UNSUPPORTED: EXIT_CODES.model,
  MODEL_INVALID: EXIT_CODES.model,
  MODEL_TOO_LARGE: EXIT_CODES.model,
  OPTION_INVALID: EXIT_CODES.usage,
  OUTPUT_UNKNOWN: EXIT_CODES.usage,
  PACKAGE_MISSING: EXIT_CODES.missing,
  PROVIDER_UNAVAILABLE: EXIT_CODES.missing,
  REPORT_INVALID: EXIT_CODES.file,
  REQUEST_INVALID: EXIT_CODES.request,
  REQUEST_METHOD_UNSUPPORTED: EXIT_CODES.request,
  REQUEST_NOT_FOUND: EXIT_CODES.request,
  REQUEST_TOO_LARGE: EXIT_CODES.request,
  REQUEST_TYPE_UNSUPPORTED: EXIT_CODES.request,
  RUN_INVALID: EXIT_CODES.model,
  SETUP_FAILED: EXIT_CODES.missing,
  TENSOR_INVALID: EXIT_CODES.compute,
  TRAINER_UNAVAILABLE: EXIT_CODES.missing,
  TRAINING_DIVERGED: EXIT_CODES.compute,
  WEIGHTS_INVALID: EXIT_CODES.model,
  WEIGHTS_UNAVAILABLE: EXIT_CODES.missing,
  WORKER_FAILED: EXIT_CODES.compute,
};

/** The table as `--help` shows it. */
export const EXIT_CODES_HELP = `Exit codes:
  0    all went well
  1    a bug in isometry: please report it
  2    a wrong option or argument
  3    a file or folder that is missing, unreadable or cannot be written
  4    an image or an image folder that cannot be used
  5    a model file or a training run that cannot be used
  6    a computation failed
  7    something is not installed: the hint says what to type
  130  stopped by Ctrl-C`;
