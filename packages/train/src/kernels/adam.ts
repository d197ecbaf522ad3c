import type { Tensor, Variable } from '@tensorflow/tfjs-node';
import { IsometryError } from '@isometry/core';
import type { Tfjs } from '../tfjs.ts';
import { createComposedMoments } from './adam-composed.ts';
import { createResourceMoments } from './adam-resources.ts';
import { tensorFlowOps } from './tensorflow-ops.ts';

export interface AdamOptions {
  /** Decay of the mean of the gradients. @defaultValue 0.9 */
  readonly beta1?: number;
  /** Decay of the mean of their squares. @defaultValue 0.999 */
  readonly beta2?: number;
  /** Added to the root of the mean square, before its bias is corrected. @defaultValue 1e-7, Keras' */
  readonly epsilon?: number;
}

/** What a later `restore` continues from. */
export interface AdamState {
  /** Steps taken. */
  readonly iterations: number;
  /** By the variable's name: the means of its gradients (`m`) and of their squares (`v`), as flat as the variable. */
  readonly moments: Readonly<
    Record<string, { readonly m: Float32Array; readonly v: Float32Array }>
  >;
}

export interface Adam {
  /**
   * Changes the variables that `gradients` names, and no others. A variable may come and go between steps
   * (frozen, unfrozen): its moments stay.
   * @throws `TENSOR_INVALID` when there is no such variable, or its shape is another
   */
  step(gradients: Readonly<Record<string, Tensor>>, learningRate: number): void;
  state(): AdamState;
  /** Continues where `state` was taken: the steps that follow give the same bits. */
  restore(state: AdamState): void;
  /** Frees the moments. Nothing may be called afterwards. */
  dispose(): void;
}

/** The numbers of one step, `power` being `beta ^ steps`. */
export interface AdamStep {
  readonly learningRate: number;
  readonly beta1: number;
  readonly beta2: number;
  readonly power1: number;
  readonly power2: number;
  readonly epsilon: number;
}

/** Where the moments of the variables are kept, and what applies a step. */
export interface Moments {
  apply(updates: readonly Update[], step: AdamStep): void;
  read(): Record<string, { m: Float32Array; v: Float32Array }>;
  write(name: string, shape: number[], m: Float32Array, v: Float32Array): void;
  dispose(): void;
}

export interface Update {
  readonly variable: Variable;
  readonly gradient: Tensor;
}

/**
 * Adam (Kingma and Ba 2015, section 2, last paragraph: the form that Keras has), with the moments of each variable under its
 * name. On tfjs-node TensorFlow's own kernel does a variable's step in one pass.
 */
export function createAdam(tf: Tfjs, options: AdamOptions = {}): Adam {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-7 } = options;
  const ops = tensorFlowOps(tf);
  const make = (): Moments =>
    ops === undefined ? createComposedMoments(tf) : createResourceMoments(tf, ops);
  let moments = make();
  let iterations = 0;
  return {
    step: (gradients, learningRate) => {
      const updates = Object.entries(gradients).map(([name, gradient]) => ({
        variable: variableNamed(tf, name, gradient.shape),
        gradient,
      }));
      iterations += 1;
      const [power1, power2] = [beta1 ** iterations, beta2 ** iterations];
      tf.tidy(() =>
        moments.apply(updates, { learningRate, beta1, beta2, power1, power2, epsilon }),
      );
    },
    state: () => ({ iterations, moments: moments.read() }),
    restore: (state) => {
      moments.dispose();
      moments = make();
      ({ iterations } = state);
      for (const [name, { m, v }] of Object.entries(state.moments)) {
        const { shape } = variableNamed(tf, name);
        moments.write(name, shape, m, v);
      }
    },
    dispose: () => moments.dispose(),
  };
}

function variableNamed(tf: Tfjs, name: string, shape?: readonly number[]): Variable {
  const variable = tf.engine().registeredVariables[name];
  if (variable === undefined) {
    throw new IsometryError('TENSOR_INVALID', `There is no variable named ${name}.`);
  }
  if (shape !== undefined && shape.join() !== variable.shape.join()) {
    throw new IsometryError(
      'TENSOR_INVALID',
      `The gradient of ${name} has shape [${shape.join()}], the variable [${variable.shape.join()}].`,
    );
  }
  return variable;
}
