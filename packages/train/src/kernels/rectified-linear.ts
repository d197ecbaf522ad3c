import type { Tensor } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';
import { withGradient } from './custom-gradient.ts';
import { tensorFlowOps } from './tensorflow-ops.ts';

type Layer = InstanceType<Tfjs['layers']['Layer']>;
type MakeActivation = Tfjs['layers']['activation'];
type MakeReLU = Tfjs['layers']['reLU'];

/**
 * Makes tfjs' Activation and ReLU layers (same class names and configs) with TensorFlow's gradients of
 * `relu` and `relu6`, which need the output alone: 0 at 0 and, unlike tfjs', 0 at exactly 6.
 */
export function defineRectifiedLinear(tf: Tfjs): {
  readonly relu: (name: string) => Layer;
  readonly relu6: (name: string) => Layer;
} {
  const StockActivation = tf.layers.activation({ activation: 'relu' }).constructor as new (
    ...given: Parameters<MakeActivation>
  ) => ReturnType<MakeActivation>;
  class ActivationLayer extends StockActivation {
    override call(inputs: Tensor | Tensor[]): Tensor {
      return rectify(tf, inputs, 'Relu');
    }
  }
  const StockReLU = tf.layers.reLU({}).constructor as new (
    ...given: Parameters<MakeReLU>
  ) => ReturnType<MakeReLU>;
  class ReLULayer extends StockReLU {
    override call(inputs: Tensor | Tensor[]): Tensor {
      return rectify(tf, inputs, 'Relu6');
    }
  }
  return {
    relu: (name) => new ActivationLayer({ activation: 'relu', name }),
    relu6: (name) => new ReLULayer({ maxValue: 6, name }),
  };
}

function rectify(tf: Tfjs, inputs: Tensor | Tensor[], kind: 'Relu' | 'Relu6'): Tensor {
  const input = Array.isArray(inputs) ? (inputs[0] as Tensor) : inputs;
  const ops = tensorFlowOps(tf);
  return withGradient(tf, [input], (x) => {
    const y = kind === 'Relu' ? tf.relu(x) : tf.relu6(x);
    return {
      value: y,
      saved: [y],
      gradient: (dy, [output]) => {
        const kept = output as Tensor;
        if (ops !== undefined) return [ops.runOne(`${kind}Grad`, [ops.type('T')], [dy, kept])];
        const passed = dy.mul(tf.step(kept));
        return [kind === 'Relu' ? passed : passed.mul(tf.step(tf.sub(6, kept)))];
      },
    };
  });
}
