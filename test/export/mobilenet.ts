import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { L2Normalize } from './l2-normalize-layer.ts';
import { tf } from './tfjs.ts';

/** Filters at width 1 and stride of Keras' 13 blocks. */
const BLOCKS = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array.from({ length: 5 }, () => [512, 1] as const),
  [1024, 2],
  [1024, 1],
] as const;

/** Keras' MobileNet v1 of width 0.25 with our head: an independent copy, since tests import no `src`. */
export function buildMobileNet(options: {
  readonly side: number;
  readonly normalise: boolean;
  readonly embeddingSize?: number;
  readonly classes?: number;
}): LayersModel {
  const { side, normalise, embeddingSize = 32, classes = 3 } = options;
  const input = tf.input({ shape: [side, side, 3] });
  let x = normaliseAndClip(
    tf.layers.conv2d({
      filters: 8,
      kernelSize: 3,
      strides: 2,
      padding: 'same',
      useBias: false,
      name: 'conv1',
    }),
    input,
  );
  for (const [index, [filters, strides]] of BLOCKS.entries()) {
    const block = index + 1;
    if (strides === 2) {
      const padding: [[number, number], [number, number]] = [
        [0, 1],
        [0, 1],
      ];
      x = apply(tf.layers.zeroPadding2d({ padding, name: `conv_pad_${block}` }), x);
    }
    x = normaliseAndClip(
      tf.layers.depthwiseConv2d({
        kernelSize: 3,
        strides,
        padding: strides === 1 ? 'same' : 'valid',
        useBias: false,
        name: `conv_dw_${block}`,
      }),
      x,
    );
    x = normaliseAndClip(
      tf.layers.conv2d({
        filters: filters / 4,
        kernelSize: 1,
        padding: 'same',
        useBias: false,
        name: `conv_pw_${block}`,
      }),
      x,
    );
  }
  const pooled = apply(tf.layers.globalAveragePooling2d({ name: 'pool' }), x);
  const name = normalise ? 'embedding_dense' : 'embedding';
  const dense = apply(tf.layers.dense({ units: embeddingSize, name }), pooled);
  const embedding = normalise ? apply(new L2Normalize({ name: 'embedding' }), dense) : dense;
  const logits = apply(tf.layers.dense({ units: classes, name: 'logits' }), embedding);
  return tf.model({ inputs: input, outputs: [embedding, logits] });
}

type Layer = InstanceType<typeof tf.layers.Layer>;

function normaliseAndClip(convolution: Layer, input: SymbolicTensor): SymbolicTensor {
  const { name } = convolution;
  const normalisation = tf.layers.batchNormalization({ name: `${name}_bn` });
  const x = apply(normalisation, apply(convolution, input));
  return apply(tf.layers.reLU({ maxValue: 6, name: `${name}_relu` }), x);
}

export function apply(layer: Layer, input: SymbolicTensor | SymbolicTensor[]): SymbolicTensor {
  return layer.apply(input) as SymbolicTensor;
}
