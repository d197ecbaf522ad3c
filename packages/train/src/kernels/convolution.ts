import type { Tensor, Tensor4D } from '@tensorflow/tfjs-node';
import type { Tfjs } from '../tfjs.ts';
import { withGradient } from './custom-gradient.ts';
import { tensorFlowOps } from './tensorflow-ops.ts';

type MakeLayer = Tfjs['layers']['conv2d'];
type Layer = ReturnType<MakeLayer>;
type Call = Layer['call'];

/** The part of tfjs' Conv2D that its types keep private. */
interface Convolution {
  readonly kernel: { read(): Tensor4D };
  /** Null with `useBias: false`. */
  readonly bias: { read(): Tensor } | null;
  readonly strides: [number, number];
  readonly dilationRate: [number, number];
  readonly padding: string;
  readonly dataFormat: string;
  readonly activation: { getClassName(): string };
}

/**
 * Makes tfjs' Conv2D (same class name, config and weights). Stock tfjs runs it as a fused op whose gradient by the input
 * is computed even where nothing needs it (the images, frozen layers below), and adds the bias by broadcasting.
 */
export function defineConv2d(tf: Tfjs): MakeLayer {
  const Stock = tf.layers.conv2d({ filters: 1, kernelSize: 1 }).constructor as new (
    ...given: Parameters<MakeLayer>
  ) => Layer;
  class Conv2DLayer extends Stock {
    override call(inputs: Parameters<Call>[0], options: Parameters<Call>[1]): Tensor | Tensor[] {
      // Its fields are private by type only.
      const layer = this as unknown as Convolution;
      const isPlain =
        layer.activation.getClassName() === 'linear' &&
        layer.dataFormat === 'channelsLast' &&
        layer.padding !== 'causal';
      if (!isPlain) return super.call(inputs, options);
      const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor4D;
      return tf.tidy(() => {
        const y = tf.conv2d(
          x,
          layer.kernel.read(),
          layer.strides,
          layer.padding as 'same' | 'valid',
          'NHWC',
          layer.dilationRate,
        );
        return layer.bias === null ? y : addBias(tf, y, layer.bias.read());
      });
    }
  }
  return (config) => new Conv2DLayer(config);
}

function addBias(tf: Tfjs, x: Tensor, bias: Tensor): Tensor {
  const ops = tensorFlowOps(tf);
  if (ops === undefined) return x.add(bias);
  const attributes = [ops.type('T'), ops.string('data_format', 'NHWC')];
  return withGradient(tf, [x, bias], (input, added) => ({
    value: ops.runOne('BiasAdd', attributes, [input, added]),
    saved: [],
    gradient: (dy) => [dy.clone(), ops.runOne('BiasAddGrad', attributes, [dy])],
  }));
}
