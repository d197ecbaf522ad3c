import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';

/** What tfjs-node's addon needs to know of an attribute of a TensorFlow op. */
export interface OpAttribute {
  readonly name: string;
  readonly type: number;
  readonly value: number | string | boolean | readonly number[];
}

/** The part of tfjs-node's backend that runs TensorFlow ops by name; its own types leave it out. */
interface NodeBackend {
  readonly binding: Readonly<
    Record<
      | 'TF_FLOAT'
      | 'TF_ATTR_TYPE'
      | 'TF_ATTR_FLOAT'
      | 'TF_ATTR_INT'
      | 'TF_ATTR_STRING'
      | 'TF_ATTR_BOOL'
      | 'TF_ATTR_SHAPE',
      number
    >
  >;
  executeMultipleOutputs(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
}

/** TensorFlow's own kernels, on float32 tensors of tfjs-node. */
export interface TensorFlowOps {
  /** Runs an op; its outputs are tracked by the tidy around. */
  run(
    name: string,
    attributes: readonly OpAttribute[],
    inputs: readonly Tensor[],
    outputs: number,
  ): Tensor[];
  /** Runs an op of one output. */
  runOne(name: string, attributes: readonly OpAttribute[], inputs: readonly Tensor[]): Tensor;
  /** The element type: float32. */
  type(name: string): OpAttribute;
  float(name: string, value: number): OpAttribute;
  integers(name: string, value: readonly number[]): OpAttribute;
  string(name: string, value: string): OpAttribute;
  boolean(name: string, value: boolean): OpAttribute;
  shape(name: string, value: readonly number[]): OpAttribute;
}

const made = new WeakMap<object, TensorFlowOps>();

/**
 * TensorFlow's kernels by name, or `undefined` where the backend that is active now is not tfjs-node's
 * (tfjs' JavaScript, WebGL or WASM).
 */
export function tensorFlowOps(tf: Tfjs): TensorFlowOps | undefined {
  if (tf.getBackend() !== 'tensorflow') return undefined;
  const backend = tf.backend() as unknown as NodeBackend;
  let ops = made.get(backend);
  if (ops === undefined) {
    ops = createOps(backend);
    made.set(backend, ops);
  }
  return ops;
}

function createOps(backend: NodeBackend): TensorFlowOps {
  const { binding } = backend;
  const run: TensorFlowOps['run'] = (name, attributes, inputs, outputs) =>
    backend.executeMultipleOutputs(name, attributes, inputs, outputs);
  return {
    run,
    runOne: (name, attributes, inputs) => run(name, attributes, inputs, 1)[0] as Tensor,
    type: (name) => ({ name, type: binding.TF_ATTR_TYPE, value: binding.TF_FLOAT }),
    integers: (name, value) => ({ name, type: binding.TF_ATTR_INT, value }),
    float: (name, value) => ({ name, type: binding.TF_ATTR_FLOAT, value }),
    string: (name, value) => ({ name, type: binding.TF_ATTR_STRING, value }),
    boolean: (name, value) => ({ name, type: binding.TF_ATTR_BOOL, value }),
    shape: (name, value) => ({ name, type: binding.TF_ATTR_SHAPE, value }),
  };
}
