import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';
import { withGradient } from './custom-gradient.ts';
import { tensorFlowOps, type OpAttribute, type TensorFlowOps } from './tensorflow-ops.ts';

type MakeLayer = Tfjs['layers']['maxPooling2d'];
type Layer = ReturnType<MakeLayer>;
type Call = Layer['call'];

/** The part of tfjs' MaxPooling2D that its types keep private. */
interface MaxPooling {
  readonly poolSize: readonly [number, number];
  readonly strides: readonly [number, number];
  readonly padding: string;
  readonly dataFormat: string;
}

/**
 * Makes tfjs' MaxPooling2D (same class name and config). TensorFlow's MaxPoolGrad looks for the maxima again, in one
 * slow pass; oneDNN's keeps where they were. TensorFlow takes it by itself in graphs, but not in single ops.
 */
export function defineMaxPooling2d(tf: Tfjs): MakeLayer {
  const Stock = tf.layers.maxPooling2d({}).constructor as new (
    ...given: Parameters<MakeLayer>
  ) => Layer;
  class MaxPooling2DLayer extends Stock {
    override call(inputs: Parameters<Call>[0], options: Parameters<Call>[1]): Tensor | Tensor[] {
      // Its fields are private by type only.
      const layer = this as unknown as MaxPooling;
      const ops = tensorFlowOps(tf);
      if (
        options['training'] !== true ||
        layer.dataFormat !== 'channelsLast' ||
        ops === undefined ||
        !hasOneDnn(tf, ops)
      ) {
        return super.call(inputs, options);
      }
      const x = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
      return poolWithOneDnn(tf, ops, layer, x);
    }
  }
  return (config) => new MaxPooling2DLayer(config);
}

/** Whether this libtensorflow was built with oneDNN, by what it does with four values. */
function hasOneDnn(tf: Tfjs, ops: TensorFlowOps): boolean {
  let known = oneDnn.get(ops);
  if (known === undefined) {
    known = tf.tidy(() => {
      try {
        runPool(
          ops,
          { poolSize: [2, 2], strides: [2, 2], padding: 'valid', dataFormat: 'channelsLast' },
          tf.ones([1, 2, 2, 1]),
        );
        return true;
      } catch {
        return false;
      }
    });
    oneDnn.set(ops, known);
  }
  return known;
}

const oneDnn = new WeakMap<TensorFlowOps, boolean>();

function attributes(ops: TensorFlowOps, layer: MaxPooling): OpAttribute[] {
  return [
    ops.type('T'),
    ops.integers('ksize', [1, ...layer.poolSize, 1]),
    ops.integers('strides', [1, ...layer.strides, 1]),
    ops.string('padding', layer.padding.toUpperCase()),
    ops.string('data_format', 'NHWC'),
    // The label under which TensorFlow registers oneDNN's kernels.
    ops.string('_kernel', 'MklNameChangeOp'),
  ];
}

function runPool(ops: TensorFlowOps, layer: MaxPooling, x: Tensor): [y: Tensor, places: Tensor] {
  return ops.run('_MklNativeMaxPool', attributes(ops, layer), [x], 2) as [Tensor, Tensor];
}

function poolWithOneDnn(tf: Tfjs, ops: TensorFlowOps, layer: MaxPooling, input: Tensor): Tensor {
  return withGradient(tf, [input], (x) => {
    const [y, places] = runPool(ops, layer, x);
    return {
      value: y,
      saved: [x, y, places],
      gradient: (dy, [savedX, savedY, savedPlaces]) => [
        ops.runOne(
          '_MklNativeMaxPoolGrad',
          [...attributes(ops, layer), ops.boolean('workspace_enabled', true)],
          [savedX, savedY, dy, savedPlaces] as Tensor[],
        ),
      ],
    };
  });
}
