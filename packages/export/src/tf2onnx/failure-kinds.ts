import type { ErrorCode } from '@isometry/core';

interface FailureKind {
  readonly code: ErrorCode;
  /** What to do about it. */
  readonly hint: string;
}

const INSTALL =
  'Run `isometry setup judges`, which brings tf2onnx with the libraries that it works with, or leave `--converter tf2onnx` out.';
const NATIVE = 'Leave `--converter tf2onnx` out: the native converter needs no Python.';

/** Why a conversion by tf2onnx failed: `details.failure` of the error. */
export type Tf2onnxFailure =
  | 'python-missing'
  | 'python-version'
  | 'module-missing'
  | 'numpy-version'
  | 'tensorflow-version'
  | 'onnx-version'
  | 'protobuf-version'
  | 'library-broken'
  | 'processor-unsupported'
  | 'file-missing'
  | 'model-invalid'
  | 'keras-3-config'
  | 'graph-model'
  | 'layer-missing'
  | 'layer-unknown'
  | 'operation-unsupported'
  | 'too-large'
  | 'out-of-memory'
  | 'disk-full'
  | 'timed-out'
  | 'killed'
  | 'unknown';

/** Every way in which a conversion by tf2onnx is known to end, and what to do about it. */
export const FAILURE_KINDS: Readonly<Record<Tf2onnxFailure, FailureKind>> = {
  'python-missing': { code: 'CONVERTER_UNAVAILABLE', hint: INSTALL },
  'python-version': {
    code: 'CONVERTER_UNAVAILABLE',
    hint: 'Install Python 3.10 or 3.11 beside it, then run `isometry setup judges`.',
  },
  'module-missing': { code: 'CONVERTER_UNAVAILABLE', hint: INSTALL },
  'numpy-version': { code: 'CONVERTER_UNAVAILABLE', hint: INSTALL },
  'tensorflow-version': { code: 'CONVERTER_UNAVAILABLE', hint: INSTALL },
  'onnx-version': { code: 'CONVERTER_UNAVAILABLE', hint: INSTALL },
  'protobuf-version': { code: 'CONVERTER_UNAVAILABLE', hint: INSTALL },
  'library-broken': { code: 'CONVERTER_UNAVAILABLE', hint: INSTALL },
  'processor-unsupported': { code: 'CONVERTER_UNAVAILABLE', hint: NATIVE },
  'file-missing': {
    code: 'FILE_NOT_FOUND',
    hint: 'Name the folder of a run, or the model.json of a tfjs model.',
  },
  'model-invalid': {
    code: 'RUN_INVALID',
    hint: 'Save or convert the model again, or copy its folder again, whole: model.json and all its weight files.',
  },
  'keras-3-config': {
    code: 'RUN_INVALID',
    hint: 'Save the model with Keras 2 (`tf_keras`, or TF_USE_LEGACY_KERAS=1) and convert it to tfjs again.',
  },
  'graph-model': {
    code: 'OPTION_INVALID',
    hint: 'Leave `--converter tf2onnx` out: the native converter takes graph models.',
  },
  'layer-missing': {
    code: 'OPTION_INVALID',
    hint: 'Name a layer of the model itself; one inside of a nested model only the native converter finds.',
  },
  'layer-unknown': { code: 'LAYER_UNSUPPORTED', hint: NATIVE },
  'operation-unsupported': { code: 'LAYER_UNSUPPORTED', hint: NATIVE },
  'too-large': { code: 'MODEL_TOO_LARGE', hint: NATIVE },
  'out-of-memory': {
    code: 'CONVERTER_FAILED',
    hint: 'Give it more memory (a ResNet50 takes TensorFlow 6.4 GB), or leave `--converter tf2onnx` out.',
  },
  'disk-full': {
    code: 'FILE_WRITE_FAILED',
    hint: 'Free some space (four times the weights), or name another folder with TMPDIR.',
  },
  'timed-out': {
    code: 'CONVERTER_FAILED',
    hint: 'Try again when the machine is less busy, or leave `--converter tf2onnx` out.',
  },
  killed: {
    code: 'CONVERTER_FAILED',
    hint: 'Another program ended it: look at the log of the machine, then try again.',
  },
  unknown: {
    code: 'CONVERTER_FAILED',
    hint: 'The last lines of Python are in the details; the native converter may take the model.',
  },
};

export function isTf2onnxFailure(name: string): name is Tf2onnxFailure {
  return Object.hasOwn(FAILURE_KINDS, name);
}
