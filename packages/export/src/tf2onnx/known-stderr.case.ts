import type { Tf2onnxFailure } from './failure-kinds.ts';

/** What Python printed last, why, and where that comes from. */
export interface StderrSample {
  readonly failure: Tf2onnxFailure;
  readonly code: string;
  readonly source: string;
  readonly stderr: string;
}

/**
 * The ends of what the script printed in environments that were made wrong on purpose, its own look at the versions
 * left out; those that say so are from the sources of what printed them.
 */
export const STDERR_SAMPLES: readonly StderrSample[] = [
  {
    failure: 'module-missing',
    code: 'CONVERTER_UNAVAILABLE',
    source: 'an environment without tf2onnx',
    stderr: `  File "<frozen runpy>", line 140, in _get_module_details
ImportError: Error while finding module specification for 'tf2onnx.convert' (ModuleNotFoundError: No module named 'tf2onnx')`,
  },
  {
    failure: 'module-missing',
    code: 'CONVERTER_UNAVAILABLE',
    source: 'tensorflowjs 4.22 without all that it imports: training-facts 4.2',
    stderr: `    import tensorflow_decision_forests
ModuleNotFoundError: No module named 'tensorflow_decision_forests'`,
  },
  {
    failure: 'numpy-version',
    code: 'CONVERTER_UNAVAILABLE',
    source: 'NumPy 2.0.2 under TensorFlow 2.15.1: the reason stands a hundred lines above the end',
    stderr: `A module that was compiled using NumPy 1.x cannot be run in
NumPy 2.0.2 as it may crash. To support both 1.x and 2.x
Traceback (most recent call last):  File "convert_layers_model.py", line 261, in <module>
  File "ml_dtypes/_finfo.py", line 19, in <module>
    from ml_dtypes._ml_dtypes_ext import bfloat16
ImportError: numpy.core.umath failed to import`,
  },
  {
    failure: 'numpy-version',
    code: 'CONVERTER_UNAVAILABLE',
    source: 'tf2onnx/tfjs_utils.py:321 with NumPy 2: training-facts 4.1',
    stderr: `    num_elements = np.product(shape)
AttributeError: module 'numpy' has no attribute 'product'`,
  },
  {
    failure: 'onnx-version',
    code: 'CONVERTER_UNAVAILABLE',
    source: 'onnx 1.19.0 on the ml_dtypes of TensorFlow 2.15.1',
    stderr: `  File "onnx/_mapping.py", line 104, in <module>
    np.dtype(ml_dtypes.float4_e2m1fn),
AttributeError: module 'ml_dtypes' has no attribute 'float4_e2m1fn'. Did you mean: 'float8_e4m3fn'?`,
  },
  {
    failure: 'protobuf-version',
    code: 'CONVERTER_UNAVAILABLE',
    source: 'protobuf 4 with files generated for 3, its own words',
    stderr: `TypeError: Descriptors cannot be created directly.
If this call came from a _pb2.py file, your generated code is out of date and must be regenerated with protoc >= 3.19.0.`,
  },
  {
    failure: 'tensorflow-version',
    code: 'CONVERTER_UNAVAILABLE',
    source: 'TensorFlow 2.16.1 and 2.19.0, whose Keras is 3',
    stderr: `TypeError: Could not locate class 'Model'. Make sure custom classes are decorated with \`@keras.saving.register_keras_serializable()\`. Full object config: {'class_name': 'Model'`,
  },
  {
    failure: 'tensorflow-version',
    code: 'CONVERTER_UNAVAILABLE',
    source: 'tensorflow-onnx #2348',
    stderr: `AttributeError: 'Sequential' object has no attribute 'output_names'`,
  },
  {
    failure: 'library-broken',
    code: 'CONVERTER_UNAVAILABLE',
    source: 'tensorflow_decision_forests on another TensorFlow: training-facts 4.2',
    stderr: `tensorflow.python.framework.errors_impl.NotFoundError: inference.so: undefined symbol: _ZN10tensorflow15TensorShapeBaseE`,
  },
  {
    failure: 'library-broken',
    code: 'CONVERTER_UNAVAILABLE',
    source: 'the loader of glibc',
    stderr: `ImportError: /lib/x86_64-linux-gnu/libstdc++.so.6: version \`GLIBCXX_3.4.29' not found (required by _pywrap_tensorflow_internal.so)`,
  },
  {
    failure: 'graph-model',
    code: 'OPTION_INVALID',
    source: 'tf2onnx/tfjs_utils.py:269',
    stderr: `ValueError: make_sure failure: tf2onnx only supports conversion from tfjs graph models, not format layers-model. Use Google's tfjs converter to convert to a graph model, then try again.`,
  },
  {
    failure: 'keras-3-config',
    code: 'RUN_INVALID',
    source: 'a config of Keras 3 in Keras 2.15',
    stderr: `TypeError: Error when deserializing class 'InputLayer' using config={'dtype': 'float32', 'name': 'x', 'batch_shape': [None, 128, 128, 3]}.

Exception encountered: Unrecognized keyword arguments: ['batch_shape']`,
  },
  {
    failure: 'layer-unknown',
    code: 'LAYER_UNSUPPORTED',
    source: 'Keras 2.15',
    stderr: `ValueError: Unknown layer: 'Wobble'. Please ensure you are using a \`keras.utils.custom_object_scope\``,
  },
  {
    failure: 'layer-unknown',
    code: 'LAYER_UNSUPPORTED',
    source: 'Keras 2.15, with an activation that it has not',
    stderr: `TypeError: Error when deserializing class 'Conv2D' using config={'filters': 32}.

Exception encountered: Unknown activation function 'wobble' cannot be deserialized.`,
  },
  {
    failure: 'layer-unknown',
    code: 'LAYER_UNSUPPORTED',
    source: 'Keras 2.15, with a value that a layer does not take',
    stderr: `TypeError: Error when deserializing class 'ReLU' using config={'max_value': -6}.

Exception encountered: max_value of a ReLU layer cannot be a negative value. Received: -6`,
  },
  {
    failure: 'operation-unsupported',
    code: 'LAYER_UNSUPPORTED',
    source: 'tf2onnx/tfonnx.py:263 and :625',
    stderr: `ERROR:tf2onnx.tfonnx:Tensorflow op [model/wobble/Cholesky: Cholesky] is not supported
ERROR:tf2onnx.tfonnx:Unsupported ops: Counter({'Cholesky': 1})`,
  },
  {
    failure: 'out-of-memory',
    code: 'CONVERTER_FAILED',
    source: 'under a limit of 3 GB of addresses',
    stderr: `    f.write(message.SerializeToString())
google.protobuf.message.EncodeError: Failed to serialize proto`,
  },
  {
    failure: 'out-of-memory',
    code: 'CONVERTER_FAILED',
    source: 'under a limit of 2.2 GB of addresses',
    stderr: `    tf_cluster.TF_ShutdownCluster(self._tf_cluster)
RuntimeError: Resource temporarily unavailable`,
  },
  {
    failure: 'out-of-memory',
    code: 'CONVERTER_FAILED',
    source: 'the C++ library',
    stderr: `terminate called after throwing an instance of 'std::bad_alloc'`,
  },
  {
    failure: 'disk-full',
    code: 'FILE_WRITE_FAILED',
    source: 'a file system of 8 MB: the same error class as memory that ran out',
    stderr: `tensorflow.python.framework.errors_impl.ResourceExhaustedError: {{function_node __wrapped__SaveV2}} saved_model/variables/part-00000-of-00001.data; No space left on device [Op:SaveV2]`,
  },
  {
    failure: 'too-large',
    code: 'MODEL_TOO_LARGE',
    source: 'protobuf, its own words',
    stderr: `ValueError: Message tensorflow.GraphDef exceeds maximum protobuf size of 2GB: 2300000000`,
  },
  {
    failure: 'python-version',
    code: 'CONVERTER_UNAVAILABLE',
    source: 'Python 3.7 with a package for 3.10',
    stderr: `    match kind:
             ^
SyntaxError: invalid syntax`,
  },
];
