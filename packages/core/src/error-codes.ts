/**
 * Every code an {@link IsometryError} can carry, with what it means. Grouped noun first, so that a
 * log sorts by the thing that failed. The cli's exit codes and the edge's statuses are tables over
 * these keys: a new code does not compile until both have an entry.
 */
export const ERROR_CODES = {
  ABORTED: 'The caller aborted the operation through its AbortSignal.',
  CLASSIFIER_CLOSED: 'A method of a classifier was called after close().',
  CONVERTER_FAILED: 'tf2onnx failed, ran out of memory, or was not done in time.',
  CONVERTER_UNAVAILABLE:
    'tf2onnx, or a library that it needs, is not installed or not of a version that works.',
  DATASET_CLASS_TOO_SMALL: 'A class has fewer images (or groups) than the splits need.',
  DATASET_EMPTY: 'The image folder holds no image.',
  DATASET_GROUP_LEAKS: 'A group (a patient, a lesion) has images in two of the given splits.',
  DATASET_METADATA_INVALID:
    'A table of labels, groups or splits is malformed, or does not fit the images.',
  DATASET_TOO_FEW_CLASSES: 'The image folder holds fewer than two classes.',
  DATASET_UNREADABLE: 'More images than the stated share could not be read.',
  EXPORT_MISMATCH:
    'The exported file and the trained model do not compute the same; nothing was written.',
  FILE_NOT_FOUND: 'A file or folder that was named does not exist.',
  FILE_READ_FAILED: 'A file exists and could not be read.',
  FILE_WRITE_FAILED: 'A file could not be written; nothing half-written was left behind.',
  IMAGE_INVALID: 'The bytes start like an image of a known format and are not one.',
  IMAGE_TOO_LARGE: 'The image has more bytes or pixels than the limit; checked before decoding.',
  IMAGE_TRUNCATED: 'The image ends before its last scan line.',
  IMAGE_UNSUPPORTED: 'The format, or this use of it, is outside the pixel contract.',
  INFERENCE_FAILED: 'ONNX Runtime refused or failed to run the model.',
  LAYER_UNSUPPORTED: 'The model holds layers that the exporter cannot write to ONNX.',
  MANIFEST_INVALID: 'The manifest inside the model file does not follow its schema.',
  MANIFEST_MISSING: 'The ONNX file carries no Isometry manifest.',
  MANIFEST_VERSION_UNSUPPORTED: 'The manifest was written by a later version of Isometry.',
  MODEL_INVALID: 'The bytes are not an ONNX model, or end too early.',
  MODEL_TOO_LARGE: 'The model file is larger than the limit.',
  OPTION_INVALID: 'An option or argument has a value that is not allowed.',
  OUTPUT_UNKNOWN: 'The model has no output of the name that was asked for.',
  PACKAGE_MISSING: 'An optional package that the command needs is not installed.',
  PROVIDER_UNAVAILABLE: 'None of the execution providers that were listed can run here.',
  REPORT_INVALID: 'The JSON of a report does not follow its schema.',
  REQUEST_INVALID: 'The HTTP request is malformed.',
  REQUEST_METHOD_UNSUPPORTED: 'The server has the route and not the HTTP method.',
  REQUEST_NOT_FOUND: 'The server has no such route.',
  REQUEST_TOO_LARGE: 'The HTTP request body is larger than the limit.',
  REQUEST_TYPE_UNSUPPORTED:
    'The HTTP request body is of a content type or encoding that the route does not take.',
  RUN_INVALID: 'The folder is not a complete training run.',
  SETUP_FAILED: 'A set-up step failed.',
  TENSOR_INVALID: 'A tensor has the wrong shape, length or content.',
  TRAINER_UNAVAILABLE: 'TensorFlow for Node is not installed or does not load.',
  TRAINING_DIVERGED: 'The loss, or a weight of the network, became NaN or infinite.',
  WEIGHTS_INVALID: 'The weights file is damaged, or is not for this network.',
  WEIGHTS_UNAVAILABLE: 'Weights are not in the cache, or could not be downloaded.',
  WORKER_FAILED: 'A worker thread ended before its work was done.',
} as const;

/** The code of an {@link IsometryError}. */
export type ErrorCode = keyof typeof ERROR_CODES;
