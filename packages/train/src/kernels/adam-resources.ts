import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';
import type { Moments } from './adam.ts';
import type { TensorFlowOps } from './tensorflow-ops.ts';

/** Handles of TensorFlow's resource variables. */
interface Resources {
  readonly weight: Tensor;
  /** What tfjs' variable was given after the last step: it has been written by others since if it holds another. */
  given?: Tensor['dataId'];
  readonly m: Tensor;
  readonly v: Tensor;
}

/** Names of resources live as long as the process: no two optimisers may share one. */
let optimisers = 0;

/** Moments as TensorFlow's resource variables, moved with the weight by one kernel, ResourceApplyAdam. */
export function createResourceMoments(tf: Tfjs, ops: TensorFlowOps): Moments {
  optimisers += 1;
  const container = `isometry-adam-${optimisers}`;
  const kept = new Map<string, Resources>();

  const createHandle = (name: string, shape: readonly number[]): Tensor => {
    const handle = ops.runOne(
      'VarHandleOp',
      [
        ops.string('container', ''),
        ops.string('shared_name', `${container}/${name}`),
        ops.type('dtype'),
        ops.shape('shape', shape),
      ],
      [],
    );
    return tf.keep(handle);
  };
  const assign = (handle: Tensor, value: Tensor): void => {
    ops.run('AssignVariableOp', [ops.type('dtype')], [handle, value], 0);
  };
  const read = (handle: Tensor): Tensor =>
    ops.runOne('ReadVariableOp', [ops.type('dtype')], [handle]);
  const destroy = (handle: Tensor): void => {
    ops.run('DestroyResourceOp', [ops.boolean('ignore_lookup_error', true)], [handle], 0);
    handle.dispose();
  };
  const create = (name: string, shape: readonly number[], m: Tensor, v: Tensor): Resources => {
    const resources: Resources = {
      weight: createHandle(`${name}/weight`, shape),
      m: createHandle(`${name}/m`, shape),
      v: createHandle(`${name}/v`, shape),
    };
    assign(resources.m, m);
    assign(resources.v, v);
    kept.set(name, resources);
    return resources;
  };

  return {
    apply: (updates, step) => {
      const numbers = [
        step.power1,
        step.power2,
        step.learningRate,
        step.beta1,
        step.beta2,
        step.epsilon,
      ].map((value) => tf.scalar(value));
      const attributes = [
        ops.type('T'),
        ops.boolean('use_locking', false),
        ops.boolean('use_nesterov', false),
      ];
      for (const { variable, gradient } of updates) {
        const own =
          kept.get(variable.name) ??
          create(variable.name, variable.shape, tf.zeros(variable.shape), tf.zeros(variable.shape));
        const { weight, m, v } = own;
        // A loaded file, an average: no copy is made, the buffer is shared.
        if (variable.dataId !== own.given) assign(weight, variable);
        // The kernel copies a buffer that somebody else holds. Until it is done the variable holds the gradient's.
        variable.assign(gradient);
        try {
          ops.run('ResourceApplyAdam', attributes, [weight, m, v, ...numbers, gradient], 0);
        } finally {
          variable.assign(read(weight));
          own.given = variable.dataId;
        }
      }
    },
    read: () => {
      // Out of the tidy by hand: it would look for tensors in what it returns, value by value, in a Set that has
      // room for 2^24 of them. ResNet50's moments are 47 million.
      const moments: [string, { m: Float32Array; v: Float32Array }][] = [];
      tf.tidy(() => {
        for (const [name, { m, v }] of kept) {
          moments.push([
            name,
            { m: read(m).dataSync() as Float32Array, v: read(v).dataSync() as Float32Array },
          ]);
        }
      });
      return Object.fromEntries(moments);
    },
    write: (name, shape, m, v) => {
      tf.tidy(() => {
        create(name, shape, tf.tensor(m, shape), tf.tensor(v, shape));
      });
    },
    dispose: () => {
      for (const { weight, m, v } of kept.values()) for (const one of [weight, m, v]) destroy(one);
      kept.clear();
    },
  };
}
