import type { WheelRequest } from './wheels.ts';

/** Which TensorFlow for Node: they are two npm packages with the same addon source. */
export type TensorflowFlavour = 'cpu' | 'gpu';

/** What to fetch for one flavour, and what it costs. */
export interface TensorflowPlan {
  readonly npmPackage: '@tensorflow/tfjs-node' | '@tensorflow/tfjs-node-gpu';
  /** Folder in the cache; its content has the wheels' own layout. */
  readonly folder: string;
  readonly wheels: WheelRequest;
  /** What is unpacked of the wheels. */
  readonly prefixes: readonly string[];
  readonly downloadBytes: number;
  /** Unpacked, and the largest wheel beside it. */
  readonly neededBytes: number;
}

/**
 * The newest TensorFlow whose wheel exports the C and eager-C API that the addon of tfjs-node 4.22
 * calls (checked: it trains and saves). npm's own install script brings 2.9.1, which knows no GPU
 * newer than 2021, and from a host that closed networks do not reach.
 */
export const TENSORFLOW_VERSION = '2.15.1';

/** The libraries that the addon is linked with, inside a wheel. */
export const TENSORFLOW_LIBRARIES: readonly string[] = [
  'tensorflow/libtensorflow_cc.so.2',
  'tensorflow/libtensorflow_framework.so.2',
];

/** The headers that the addon's sources reach: 14 files of the 9,400 in the wheel. */
const HEADERS: readonly string[] = [
  'tensorflow/include/tensorflow/c/',
  'tensorflow/include/tensorflow/core/platform/ctstring',
  'tensorflow/include/tsl/c/',
  'tensorflow/include/tsl/platform/ctstring',
];

/** What `tensorflow[and-cuda]==2.15.1` asks for, by its metadata. */
const CUDA_WHEELS: readonly string[] = [
  'nvidia-cublas-cu12==12.2.5.6',
  'nvidia-cuda-cupti-cu12==12.2.142',
  'nvidia-cuda-nvcc-cu12==12.2.140',
  'nvidia-cuda-nvrtc-cu12==12.2.140',
  'nvidia-cuda-runtime-cu12==12.2.140',
  'nvidia-cudnn-cu12==8.9.4.25',
  'nvidia-cufft-cu12==11.0.8.103',
  'nvidia-curand-cu12==10.3.3.141',
  'nvidia-cusolver-cu12==11.5.2.141',
  'nvidia-cusparse-cu12==12.1.2.141',
  'nvidia-nccl-cu12==2.16.5',
  'nvidia-nvjitlink-cu12==12.2.140',
];

const PLANS: Readonly<Record<TensorflowFlavour, TensorflowPlan>> = {
  cpu: {
    npmPackage: '@tensorflow/tfjs-node',
    folder: `tensorflow-${TENSORFLOW_VERSION}-cpu`,
    wheels: {
      requirements: [`tensorflow-cpu==${TENSORFLOW_VERSION}`],
      // No wheel of 2.15 is made for a later Python; the libraries in it do not know Python.
      pythonVersion: '3.11',
      platforms: ['manylinux_2_17_x86_64'],
    },
    prefixes: [...TENSORFLOW_LIBRARIES, ...HEADERS],
    downloadBytes: 207e6,
    neededBytes: 850e6,
  },
  gpu: {
    npmPackage: '@tensorflow/tfjs-node-gpu',
    folder: `tensorflow-${TENSORFLOW_VERSION}-gpu`,
    wheels: {
      requirements: [`tensorflow==${TENSORFLOW_VERSION}`, ...CUDA_WHEELS],
      pythonVersion: '3.11',
      platforms: ['manylinux_2_17_x86_64', 'manylinux2014_x86_64', 'manylinux1_x86_64'],
    },
    prefixes: [...TENSORFLOW_LIBRARIES, ...HEADERS, 'nvidia/'],
    downloadBytes: 2.36e9,
    // The NVIDIA libraries roughly double when unpacked; libtensorflow is 1.03 GB.
    neededBytes: 6e9,
  },
};

/**
 * What `isometry setup train` brings on Linux x64; `undefined` elsewhere, where tfjs-node's own
 * install script has a prebuilt libtensorflow.
 */
export function planTensorflow(
  flavour: TensorflowFlavour,
  machine: { readonly platform: string; readonly arch: string },
): TensorflowPlan | undefined {
  return machine.platform === 'linux' && machine.arch === 'x64' ? PLANS[flavour] : undefined;
}

/** The npm package of a flavour, on every platform. */
export function trainerPackage(flavour: TensorflowFlavour): TensorflowPlan['npmPackage'] {
  return PLANS[flavour].npmPackage;
}
