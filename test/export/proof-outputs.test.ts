import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExportRecord } from '@isometry/core';
import { exportModel, type ExportModelOptions } from '@isometry/export';
import { decodeModel, encodeModel } from '@isometry/onnx';
import { createImageDecoder } from '@isometry/pixels';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { randomiseWeights } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import { openCpuSession } from './onnx-session.ts';
import { CAFFE } from './pixel-choices.ts';
import { MeanOverViews, OrientationViews } from './orientation-layers.ts';
import { convolution, features, graphOf, HEIGHT } from './stranger.ts';
import { tf } from './tfjs.ts';
import { draftFor } from './draft-for.ts';
import { writeRun } from './write-run.ts';

const { layers } = tf;
const ports = { decode: createImageDecoder(), createSession: openCpuSession };
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'isometry-outputs-'));
});
afterAll(() => rm(folder, { recursive: true }));

type Options = Partial<ExportModelOptions> & { readonly labels: readonly string[] };

async function proofOf(model: LayersModel, options: Options): Promise<ExportRecord['proof']> {
  const place = await mkdtemp(join(folder, 'model-'));
  await writeRun(place, model, draftFor(HEIGHT, false));
  const shared = { ...ports, name: 'stranger', pixels: CAFFE, out: join(place, 'out.onnx') };
  const { manifest } = await exportModel(join(place, 'model.json'), { ...shared, ...options });
  if (manifest.export === null || manifest.export === undefined) throw new TypeError('no proof');
  return manifest.export.proof;
}

function pooled(x: SymbolicTensor): SymbolicTensor {
  return apply(layers.globalAveragePooling2d({}), apply(convolution(5), x));
}

function dense(
  units: number,
  name: string,
  x: SymbolicTensor,
  activation?: 'sigmoid',
): SymbolicTensor {
  return apply(layers.dense({ units, name, ...(activation && { activation }) }), x);
}

const TWO = ['no', 'yes'];
const THREE = ['a', 'b', 'c'];

/** Networks whose ends are not what the file has, what describes them, and the outputs that are compared. */
const ENDS: Readonly<
  Record<
    string,
    readonly [
      network: (x: SymbolicTensor) => SymbolicTensor | SymbolicTensor[],
      options: Options,
      outputs: readonly string[],
    ]
  >
> = {
  'feature maps beside the classes': [
    (x) => {
      const map = apply(convolution(4, 'map'), x);
      return [map, dense(3, 'classes', features(map))];
    },
    { labels: THREE, logits: 'classes' },
    ['embedding', 'logits', 'map'],
  ],
  'the image itself': [
    (x) => [dense(3, 'classes', features(x)), x],
    { labels: THREE, logits: 'classes' },
    ['embedding', 'logits', 'image'],
  ],
  'one logit of two classes': [
    (x) => dense(1, 'one', features(x)),
    { labels: TWO },
    ['embedding', 'logits'],
  ],
  'one sigmoid of two classes behind another single value': [
    (x) => {
      const vector = features(x);
      return [dense(1, 'age', vector), dense(1, 'one', vector, 'sigmoid')];
    },
    { labels: TWO, logits: 'one' },
    ['embedding', 'age', 'probabilities'],
  ],
  'sigmoids behind others of the same number': [
    (x) => {
      const vector = features(x);
      return [dense(3, 'others', vector, 'sigmoid'), dense(3, 'classes', vector, 'sigmoid')];
    },
    { labels: THREE, logits: 'classes' },
    ['embedding', 'others', 'logits'],
  ],
  'sigmoids inside the network': [
    (x) => dense(3, 'last', dense(3, 'classes', features(x), 'sigmoid')),
    { labels: THREE, logits: 'classes' },
    ['embedding', 'last', 'logits'],
  ],
  'the second call of a shared layer, which TensorFlow.js makes first': [
    (x) => {
      const shared = layers.dense({ units: 4, name: 'shared' });
      const [first, second] = [pooled(x), pooled(x)].map((vector) => apply(shared, vector));
      return [second!, dense(3, 'classes', first!)];
    },
    { labels: THREE, logits: 'classes' },
    ['embedding', 'logits', 'shared'],
  ],
  'the second call of a model inside, which TensorFlow.js makes first': [
    (x) => {
      const image = tf.input({ shape: x.shape.slice(1) as number[] });
      const inside = tf.model({ name: 'inside', inputs: image, outputs: pooled(image) });
      const [first, second] = [x, apply(layers.leakyReLU(), x)].map(
        (one) => inside.apply(one) as SymbolicTensor,
      );
      return [second!, dense(3, 'classes', first!)];
    },
    { labels: THREE, logits: 'classes' },
    ['embedding', 'logits', 'inside'],
  ],
  'the sigmoids of a map that is flattened': [
    (x) => {
      const map = layers.maxPooling2d({ poolSize: 5, strides: 4, padding: 'same' });
      const sigmoids = layers.activation({ activation: 'sigmoid' });
      return apply(
        layers.flatten({ name: 'flat' }),
        apply(sigmoids, apply(map, apply(convolution(2), x))),
      );
    },
    {
      labels: Array.from({ length: 18 }, (_, index) => `place ${index}`),
      logits: 'flat',
      embedding: 'flat',
    },
    ['embedding', 'logits'],
  ],
};

/** Float32 values, each in the place of the one before. */
function rotated(data: Uint8Array): Uint8Array {
  return Uint8Array.from(data, (_, index) => data[(index + 4) % data.length] as number);
}

/** Opens the file with the kernel of one layer in disorder. */
function withWrongKernel(layer: string): typeof openCpuSession {
  return (file) => {
    const whole = decodeModel(file);
    const node = whole.graph.nodes.find(({ name }) => `/${name}`.endsWith(`/${layer}`));
    const initializers = whole.graph.initializers.map((tensor) =>
      tensor.name === node?.inputs[1] ? { ...tensor, data: rotated(tensor.data) } : tensor,
    );
    return openCpuSession(encodeModel({ ...whole, graph: { ...whole.graph, initializers } }));
  };
}

/** Stacks in a stack, as Teachable Machine saves them; its first layer has no call of its own. */
function stackOfStacks(): LayersModel {
  const image = tf.input({ shape: [HEIGHT, HEIGHT, 3] });
  const base = tf.model({
    name: 'base',
    inputs: image,
    outputs: apply(convolution(6, 'look'), image),
  });
  const pool = layers.globalAveragePooling2d({ name: 'pool' });
  const head = [
    layers.dense({ units: 5, inputShape: [6], activation: 'relu', name: 'hidden' }),
    layers.dense({ units: 3, activation: 'softmax', name: 'classes' }),
  ];
  const model = tf.sequential({
    layers: [
      tf.sequential({ name: 'body', layers: [base, pool] }),
      tf.sequential({ name: 'head', layers: head }),
    ],
  });
  randomiseWeights(model, 4);
  return model;
}

describe('a model is proven by what it itself gives', () => {
  it.each(Object.entries(ENDS))('%s', async (_, [network, options, outputs]) => {
    const model = graphOf(network);
    const wanted = outputs.map((name) => (name === 'image' ? model.inputNames[0] : name));
    const proof = await proofOf(model, options);
    expect(Object.keys(proof.outputs)).toEqual(wanted);
    expect(proof.argmaxAgreement).toEqual({ agreed: 3, total: 3 });
  });

  it('by the layers of stacks in a stack', async () => {
    const proof = await proofOf(stackOfStacks(), { labels: THREE, embedding: 'pool' });
    expect(Object.keys(proof.outputs)).toEqual(['embedding', 'probabilities']);
    expect(proof.argmaxAgreement).toEqual({ agreed: 3, total: 3 });
  });

  it.each(['look', 'hidden'])('names the layer inside stacks that is wrong: %s', async (layer) => {
    const createSession = withWrongKernel(layer);
    await expect(proofOf(stackOfStacks(), { labels: THREE, createSession })).rejects.toMatchObject({
      code: 'EXPORT_MISMATCH',
      message: expect.stringContaining(`/${layer}" (`) as string,
    });
  });

  it('of eight views of an image, and a wrong layer between them is named', async () => {
    const image = tf.input({ shape: [HEIGHT, HEIGHT, 3] });
    const views = apply(new OrientationViews({ name: 'views' }), image);
    const vector = apply(new MeanOverViews({ name: 'mean' }), features(views));
    const model = tf.model({ inputs: image, outputs: dense(3, 'classes', vector) });
    randomiseWeights(model, 4);
    const { outputs, argmaxAgreement } = await proofOf(model, { labels: THREE });
    expect(Object.keys(outputs)).toEqual(['embedding', 'logits']);
    expect(argmaxAgreement).toEqual({ agreed: 3, total: 3 });
    const [, , convolved] = model.layers;
    const options = { labels: THREE, createSession: withWrongKernel(convolved!.name) };
    await expect(proofOf(model, options)).rejects.toMatchObject({
      code: 'EXPORT_MISMATCH',
      message: expect.stringContaining(`"${convolved!.name}" (Conv2D)`) as string,
    });
  });

  it('counts the same labels by the classes, not by an output before them', async () => {
    const model = graphOf((x) => {
      const vector = features(x);
      return [dense(4, 'others', vector), dense(1, 'one', vector, 'sigmoid')];
    });
    // The first of three equal values is moved by less than its bound.
    const others = model.getLayer('others');
    others.setWeights([tf.zeros([8, 4]), tf.tensor([1, 1, 1, 0.5])]);
    const createSession: typeof openCpuSession = async (file) => {
      const session = await openCpuSession(file);
      return {
        ...session,
        run: async (feeds, names) => {
          const answer = await session.run(feeds, names);
          const { data, dims: [rows = 0] = [] } = answer['others'] ?? {};
          for (let row = 0; row < rows; row++) data![4 * row] = 1 - 1e-5;
          return answer;
        },
      };
    };
    const options = { labels: TWO, logits: 'one', createSession };
    expect((await proofOf(model, options)).argmaxAgreement).toEqual({ agreed: 3, total: 3 });
  });

  it('refuses a softmax over pairs for a choice among all', async () => {
    const model = graphOf((x) => {
      const pairs = apply(layers.reshape({ targetShape: [2, 2] }), dense(4, 'four', features(x)));
      const softmax = apply(layers.activation({ activation: 'softmax' }), pairs);
      return apply(layers.flatten({ name: 'flat' }), softmax);
    });
    await expect(proofOf(model, { labels: ['a', 'b', 'c', 'd'] })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('its softmax is over some of its 4 values') as string,
    });
  });
});
