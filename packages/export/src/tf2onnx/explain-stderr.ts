import type { Tf2onnxFailure } from './failure-kinds.ts';

/** What Python's last words mean. */
export interface Explanation {
  readonly failure: Tf2onnxFailure;
  /** One sentence. */
  readonly message: string;
}

interface KnownStderr {
  readonly failure: Tf2onnxFailure;
  readonly pattern: RegExp;
  readonly message: (found: RegExpExecArray) => string;
}

/**
 * What TensorFlow, Keras, NumPy, onnx, protobuf and tf2onnx print when they fail for a known reason; the first that
 * matches counts. Causes stand before what follows from them: NumPy's own words before the import that failed of it.
 */
const KNOWN: readonly KnownStderr[] = [
  {
    failure: 'disk-full',
    pattern:
      /No space left on device|Disk quota exceeded|\[Errno (?:28|122)\]|RESOURCE_EXHAUSTED: .*write/iu,
    message: () => 'The disk for temporary files is full.',
  },
  {
    failure: 'out-of-memory',
    pattern:
      /\bMemoryError\b|std::bad_alloc|OOM when allocating|Cannot allocate memory|\[Errno 12\]|ResourceExhaustedError|Failed to serialize proto|Resource temporarily unavailable/u,
    message: () => 'TensorFlow ran out of memory.',
  },
  {
    failure: 'numpy-version',
    pattern:
      /compiled using NumPy 1\.x cannot be run in|module 'numpy' has no attribute|`np\.\w+` was removed in the NumPy 2|_ARRAY_API not found|numpy\.core\.\w+ failed to import|numpy\.dtype size changed/u,
    message: () => 'NumPy is of another version than TensorFlow and tf2onnx use.',
  },
  {
    failure: 'protobuf-version',
    pattern:
      /Descriptors cannot be created directly|MessageFactory' object has no attribute|cannot import name '(?:builder|runtime_version|reflection)' from 'google\.protobuf'|Detected incompatible Protobuf (?:Gencode\/)?Runtime version/iu,
    message: () => 'protobuf is of another version than TensorFlow and onnx use.',
  },
  {
    failure: 'onnx-version',
    pattern:
      /module 'ml_dtypes' has no attribute '(\w+)'|cannot import name '\w+' from 'onnx[.\w]*'|module 'onnx[.\w]*' has no attribute/u,
    message: () => 'onnx is of another version than tf2onnx and TensorFlow use.',
  },
  {
    failure: 'library-broken',
    pattern:
      /(?:GLIBC|GLIBCXX|CXXABI)_[\d.]+' not found|undefined symbol: \w+|DLL load failed|cannot open shared object file|invalid ELF header/u,
    message: ([found]) => `A library does not load (${found}).`,
  },
  {
    failure: 'module-missing',
    pattern: /No module named '?([\w.]+)'?/u,
    message: ([, name]) => `The Python module ${name} is missing.`,
  },
  {
    failure: 'keras-3-config',
    pattern:
      /Unrecognized keyword arguments: \['batch_shape'\]|Could not deserialize class '\w+' because its parent module keras\.src|DTypePolicy/u,
    message: () => 'The model was saved by Keras 3, whose configs neither tfjs nor Keras 2 reads.',
  },
  {
    failure: 'tensorflow-version',
    pattern:
      /Could not locate class '\w+'|object has no attribute '(?:output_names|input_names)'|'KerasHistory' object has no attribute|`keras\.\w+` is not available with Keras 3|Keras 3 only supports/u,
    message: () => 'TensorFlow is of another version than tf2onnx and tfjs work with.',
  },
  {
    failure: 'graph-model',
    pattern: /tf2onnx only supports conversion from tfjs graph models/u,
    message: () => 'tf2onnx was given a layers model and takes graph models by itself.',
  },
  {
    failure: 'layer-unknown',
    pattern: /Unknown (layer|activation function|initializer)s?:? '?([\w>.]+)'?/u,
    message: ([, kind, name]) => `Keras knows no ${kind} ${name}.`,
  },
  {
    failure: 'layer-unknown',
    pattern: /Error when deserializing class '(\w+)'[^]*?Exception encountered: (.{1,200})/u,
    message: ([, name, reason = '']) =>
      `Keras cannot build a ${name} layer: ${reason.replace(/\.$/u, '')}.`,
  },
  {
    failure: 'operation-unsupported',
    pattern: /Tensorflow op \[([^\]]+)\] is not supported|Unsupported ops: (Counter\(.*\))/u,
    message: ([, operation, all]) => `tf2onnx cannot write the operation ${operation ?? all}.`,
  },
  {
    failure: 'too-large',
    pattern:
      /(?:GraphDef|protobuf|ModelProto).{0,80}(?:2 ?GB|2147483647)|exceeds maximum protobuf size/iu,
    message: () => 'The model is larger than the 2 GB that TensorFlow can pass to tf2onnx.',
  },
  {
    failure: 'python-version',
    pattern:
      /^(?:SyntaxError|TypeError: (?:unsupported operand type\(s\) for \||'type' object is not subscriptable))/mu,
    message: () => 'Python is of another version than TensorFlow and tf2onnx take.',
  },
];

/** The known failure that a program's standard error tells of, or `undefined`. */
export function explainStderr(stderr: string): Explanation | undefined {
  for (const { failure, pattern, message } of KNOWN) {
    const found = pattern.exec(stderr);
    if (found !== null) return { failure, message: message(found) };
  }
  return undefined;
}
