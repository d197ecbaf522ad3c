import type { ManifestDraft } from '@isometry/core';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { HandMadeGraph, ints, shape, text, texts, type } from '../export/graph-model.ts';
import { randomiseWeights, toModelFile } from '../export/layers-model.ts';
import { tf } from '../export/tfjs.ts';
import { MANIFEST } from './base-models.ts';

/** A run folder's files by name: JSON as values, weights as bytes. */
export interface RunFiles {
  readonly modelJson: Readonly<Record<string, unknown>>;
  readonly runJson: Readonly<Record<string, unknown>>;
  readonly shards: ReadonlyMap<string, Uint8Array>;
}

const SIDE = 8;

const { canary: _, ...DRAFT } = MANIFEST;

function runJson(embeddingSize: number): RunFiles['runJson'] {
  const draft: ManifestDraft = { ...DRAFT, embedding: { ...DRAFT.embedding, size: embeddingSize } };
  return { version: 1, manifest: draft };
}

type Apply = { apply: (inputs: SymbolicTensor) => unknown };

function chain(start: SymbolicTensor, ...layers: readonly Apply[]): SymbolicTensor {
  return layers.reduce((value, layer) => layer.apply(value) as SymbolicTensor, start);
}

/** Two outputs, and the layers whose sizes are settings and not weights. */
function functional(): LayersModel {
  const { layers } = tf;
  const image = tf.input({ shape: [SIDE, SIDE, 3], name: 'image' });
  const body = chain(
    image,
    layers.zeroPadding2d({
      padding: [
        [0, 1],
        [0, 1],
      ],
      name: 'pad',
    }),
    layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, useBias: false, name: 'conv' }),
    layers.batchNormalization({ name: 'bn' }),
    layers.reLU({ maxValue: 6, name: 'relu' }),
    layers.depthwiseConv2d({ kernelSize: 3, padding: 'same', name: 'depthwise' }),
    layers.upSampling2d({ size: [2, 2], name: 'up' }),
    layers.cropping2D({
      cropping: [
        [1, 0],
        [0, 1],
      ],
      name: 'crop',
    }),
    layers.averagePooling2d({ poolSize: 2, strides: 2, name: 'pool' }),
    layers.conv2dTranspose({ filters: 3, kernelSize: 2, strides: 2, name: 'transpose' }),
    layers.reshape({ targetShape: [108], name: 'reshape' }),
  );
  const embedding = chain(body, layers.dense({ units: 4, name: 'embedding' }));
  const logits = chain(embedding, layers.dense({ units: 3, name: 'logits' }));
  return tf.model({ inputs: image, outputs: [embedding, logits] });
}

/** A stack with a stack inside and a softmax at its end. */
function nested(): LayersModel {
  const { layers } = tf;
  const inner = tf.sequential({
    name: 'inner',
    layers: [
      layers.conv2d({ inputShape: [SIDE, SIDE, 3], filters: 4, kernelSize: 3, name: 'conv' }),
      layers.leakyReLU({ alpha: 0.1, name: 'leaky' }),
      layers.separableConv2d({ filters: 4, kernelSize: 3, name: 'separable' }),
    ],
  });
  return tf.sequential({
    name: 'outer',
    layers: [
      inner,
      layers.globalAveragePooling2d({ name: 'mean' }),
      layers.dropout({ rate: 0.5, name: 'dropout' }),
      layers.dense({ units: 3, activation: 'softmax', name: 'classes' }),
    ],
  });
}

async function fromModel(model: LayersModel, embeddingSize: number): Promise<RunFiles> {
  randomiseWeights(model, 7);
  const { topology, weights } = await toModelFile(model);
  const specs = [...weights].map(([name, weight]) => ({
    name,
    shape: [...weight.shape],
    dtype: weight.dtype,
  }));
  // No Buffer: its slice() is no copy.
  const bytes = new Uint8Array(
    Buffer.concat([...weights.values()].map(({ data }) => bytesOf(data))),
  );
  // In two files, cut inside a number.
  const cut = Math.floor(bytes.length / 2) + 1;
  return {
    modelJson: {
      format: 'layers-model',
      modelTopology: topology,
      weightsManifest: [{ paths: ['weights-1.bin', 'weights-2.bin'], weights: specs }],
    },
    runJson: runJson(embeddingSize),
    shards: new Map([
      ['weights-1.bin', bytes.subarray(0, cut)],
      ['weights-2.bin', bytes.subarray(cut)],
    ]),
  };
}

/** The same with a byte or a half for each weight, by turns. */
function quantised({ modelJson, ...rest }: RunFiles): RunFiles {
  const [group] = modelJson['weightsManifest'] as [
    { weights: { name: string; shape: number[] }[] },
  ];
  const shards: Uint8Array[] = [];
  const weights = group.weights.map((spec, index) => {
    const count = spec.shape.reduce((product, size) => product * size, 1);
    const quantization = [
      { dtype: 'uint8', min: 0.1, scale: 0.004 },
      { dtype: 'uint16', min: 0.1, scale: 0.000016 },
      { dtype: 'float16' },
    ][index % 3];
    const noise = Uint8Array.from({ length: count * (index % 3 === 0 ? 1 : 2) }, (_item, at) =>
      // Halves from 0.5 to 1, and bytes around the middle.
      at % 2 === 1 && index % 3 === 2 ? 0x38 : (at * 37) % 256,
    );
    shards.push(noise);
    return { ...spec, dtype: 'float32', quantization };
  });
  return {
    ...rest,
    modelJson: { ...modelJson, weightsManifest: [{ paths: ['group.bin'], weights }] },
    shards: new Map([['group.bin', new Uint8Array(Buffer.concat(shards))]]),
  };
}

/** What TensorFlow's converter writes: a graph of operations. */
function graphModel(): RunFiles {
  const graph = new HandMadeGraph();
  const image = graph.image([-1, SIDE, SIDE, 3]);
  const windows = {
    strides: ints(1, 2, 2, 1),
    padding: text('SAME'),
    data_format: text('NHWC'),
    dilations: ints(1, 1, 1, 1),
  };
  const convolved = graph.node(
    '_FusedConv2D',
    [image, graph.float([3, 3, 3, 4]), graph.float([4])],
    {
      ...windows,
      fused_ops: texts('BiasAdd', 'Relu'),
      num_args: { i: '1' },
    },
  );
  const mean = graph.node('Mean', [convolved, graph.integers(1, 2)], {
    keep_dims: { b: false },
    Tidx: type('DT_INT32'),
  });
  const hidden = graph.node(
    'MatMul',
    [mean, graph.float([4, 4])],
    { transpose_a: { b: false }, transpose_b: { b: false } },
    'hidden',
  );
  const logits = graph.node('MatMul', [hidden, graph.float([4, 3])], {
    transpose_a: { b: false },
    transpose_b: { b: false },
  });
  graph.node('Softmax', [logits], {}, 'classes');
  const { topology, weights } = graph.file;
  return {
    modelJson: {
      format: 'graph-model',
      modelTopology: topology,
      signature: {
        inputs: {
          image: {
            name: 'image:0',
            dtype: 'DT_FLOAT',
            tensorShape: shape(-1, SIDE, SIDE, 3)['shape'],
          },
        },
        outputs: { classes: { name: 'classes:0', dtype: 'DT_FLOAT' } },
      },
      weightsManifest: [
        {
          paths: ['group1-shard1of1.bin'],
          weights: [...weights].map(([name, weight]) => ({
            name,
            shape: [...weight.shape],
            dtype: weight.dtype,
          })),
        },
      ],
    },
    runJson: runJson(4),
    shards: new Map([
      [
        'group1-shard1of1.bin',
        new Uint8Array(Buffer.concat([...weights.values()].map(({ data }) => bytesOf(data)))),
      ],
    ]),
  };
}

function bytesOf(values: Float32Array | Int32Array | Uint8Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

/** What the mutations start from. */
export async function baseRuns(): Promise<readonly RunFiles[]> {
  const plain = await fromModel(functional(), 4);
  return [plain, await fromModel(nested(), 4), quantised(plain), graphModel()];
}
