/** A Python package of the judges. */
interface JudgePackage {
  /** `name==version`, as pip takes it and as its metadata says. */
  readonly pin: string;
  /** What a judge imports by; nothing for what a judge only stands on. */
  readonly module?: string;
}

/** The judges of pixels, of `.onnx` files and of metrics: on every platform. */
const BASE: readonly JudgePackage[] = [
  { pin: 'numpy==1.26.4', module: 'numpy' },
  { pin: 'Pillow==11.3.0', module: 'PIL' },
  { pin: 'onnx==1.16.2', module: 'onnx' },
  { pin: 'onnxruntime==1.19.2', module: 'onnxruntime' },
  { pin: 'protobuf==4.25.8', module: 'google.protobuf' },
  { pin: 'scikit-learn==1.6.1', module: 'sklearn.metrics' },
  { pin: 'scipy==1.13.1', module: 'scipy.stats' },
  { pin: 'joblib==1.4.2' },
  { pin: 'threadpoolctl==3.5.0' },
];

/**
 * The judges of training: Keras 2.15 on the TensorFlow that we train with, and TensorFlow Addons' losses.
 * What follows them is what `import` of them and one training step need, found by trying; of their declared
 * dependencies it leaves out TensorBoard, gRPC, google-auth, libclang and the like.
 */
const TENSORFLOW: readonly JudgePackage[] = [
  { pin: 'tensorflow-cpu==2.15.1', module: 'tensorflow' },
  { pin: 'keras==2.15.0', module: 'keras' },
  { pin: 'h5py==3.11.0', module: 'h5py' },
  { pin: 'tensorflow-addons==0.23.0', module: 'tensorflow_addons' },
  { pin: 'absl-py==2.1.0' },
  { pin: 'astunparse==1.6.3' },
  { pin: 'certifi==2024.8.30' },
  { pin: 'charset-normalizer==3.4.0' },
  { pin: 'flatbuffers==24.3.25' },
  { pin: 'gast==0.5.4' },
  { pin: 'idna==3.10' },
  { pin: 'ml-dtypes==0.3.2' },
  { pin: 'opt_einsum==3.3.0' },
  { pin: 'packaging==24.1' },
  { pin: 'requests==2.32.3' },
  { pin: 'six==1.16.0' },
  { pin: 'termcolor==2.4.0' },
  { pin: 'typeguard==2.13.3' },
  { pin: 'typing_extensions==4.12.2' },
  { pin: 'urllib3==2.2.3' },
  { pin: 'wrapt==1.14.1' },
];

/**
 * The second converter, `isometry export --converter tf2onnx`. It needs onnx below 1.19, NumPy below 2 and TensorFlow
 * below 2.16, all of which the judges are held at anyway: it has no environment of its own, which would be TensorFlow
 * once more. docs/decisions/0012.
 */
const TF2ONNX: readonly JudgePackage[] = [{ pin: 'tf2onnx==1.17.0', module: 'tf2onnx' }];

/** The oldest minor version of Python 3 that tf2onnx 1.17 takes. */
const TF2ONNX_PYTHON = 10;

/** Minor versions of Python 3 for which all base judges, and all of TensorFlow's, have wheels. */
export const JUDGE_PYTHONS = { from: 9, to: 12 };
export const TENSORFLOW_PYTHONS = { from: 9, to: 11 };

/** Where TensorFlow's judges have wheels: elsewhere `tensorflow-cpu` is empty or absent. */
const TENSORFLOW_PLATFORM = 'linux-x64';

export function hasTensorFlowWheels(platform: string): boolean {
  return platform === TENSORFLOW_PLATFORM;
}

/**
 * What a judges' environment holds. Pinned, because a judge that changes its mind is none, and
 * installed without dependencies: what onnxruntime lists besides (sympy, coloredlogs) serves its tools.
 *
 * @param platform `process.platform`, a dash, `process.arch`
 * @param pythonMinor of the Python that runs it: 11 for 3.11
 */
export function judgePackages(platform: string, pythonMinor: number): readonly JudgePackage[] {
  const hasTensorFlow =
    hasTensorFlowWheels(platform) &&
    pythonMinor >= TENSORFLOW_PYTHONS.from &&
    pythonMinor <= TENSORFLOW_PYTHONS.to;
  if (!hasTensorFlow) return BASE;
  return [...BASE, ...TENSORFLOW, ...(pythonMinor >= TF2ONNX_PYTHON ? TF2ONNX : [])];
}
