import { buildClassifier, convertLayersModel } from '@isometry/export';
import type { LayersModel, SymbolicTensor } from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import { compareWithTfjs, openConverted, randomiseWeights, toModelFile } from './layers-model.ts';
import { apply } from './mobilenet.ts';
import { tf } from './tfjs.ts';

const { layers } = tf;

/** Height, width and channels all differ, so that a swapped axis shows. */
const SHAPE = [9, 7, 3];

type Build = (image: SymbolicTensor) => SymbolicTensor;

function convolution(name: string, filters = 4): ReturnType<typeof layers.conv2d> {
  return layers.conv2d({ filters, kernelSize: 3, padding: 'same', activation: 'relu', name });
}

function normalisation(name: string): ReturnType<typeof layers.batchNormalization> {
  return layers.batchNormalization({ name });
}

/** A Sequential model of a convolution with its normalisation. */
function stack(name: string, shape: readonly number[] = SHAPE): LayersModel {
  const first = layers.conv2d({
    filters: 4,
    kernelSize: 3,
    useBias: false,
    inputShape: [...shape],
    name: `${name}_conv`,
  });
  return tf.sequential({ name, layers: [first, normalisation(`${name}_bn`), layers.reLU()] });
}

/** A Functional model with as many outputs as are asked for, each of another size. */
function graph(name: string, outputCount: number, shape: readonly number[] = SHAPE): LayersModel {
  const image = tf.input({ shape: [...shape], name: `${name}_in` });
  const a = apply(convolution(`${name}_a`, shape.at(-1)), image);
  const b = apply(layers.add({ name: `${name}_sum` }), [a, image]);
  const c = apply(convolution(`${name}_c`, 5), b);
  return tf.model({ name, inputs: image, outputs: [b, c].slice(0, outputCount) });
}

function call(model: LayersModel, ...inputs: readonly SymbolicTensor[]): SymbolicTensor[] {
  const [input, ...others] = inputs;
  const outputs = model.apply(others.length === 0 ? (input as SymbolicTensor) : [...inputs]);
  return [outputs].flat() as SymbolicTensor[];
}

const one = (tensors: readonly SymbolicTensor[]): SymbolicTensor => tensors[0] as SymbolicTensor;
const pooled = (x: SymbolicTensor): SymbolicTensor => apply(layers.globalAveragePooling2d({}), x);

/** What lies between the image and the vector that the embedding is made of. */
const cases: Readonly<Record<string, Build>> = {
  'a stack inside a graph': (x) => pooled(one(call(stack('s'), x))),
  'a graph inside a graph': (x) => pooled(one(call(graph('g', 1), x))),
  'a stack in a graph in a graph': (x) => {
    const image = tf.input({ shape: SHAPE });
    const inner = tf.model({ name: 'outer', inputs: image, outputs: call(stack('s'), image) });
    return pooled(one(call(inner, apply(layers.reLU(), x))));
  },
  'a graph in a stack in a graph': (x) => {
    const inner = tf.sequential({ name: 'st', layers: [graph('g', 1), layers.maxPooling2d({})] });
    return pooled(one(call(inner, x)));
  },
  'a stack whose first layer is a stack': (x) => {
    const inner = tf.sequential({ name: 'st', layers: [stack('s'), convolution('behind')] });
    return pooled(one(call(inner, x)));
  },
  'a model with two outputs, of which the second is used first': (x) => {
    const [first, second] = call(graph('g', 2), x) as [SymbolicTensor, SymbolicTensor];
    return apply(layers.concatenate(), [pooled(second), pooled(first)]);
  },
  'a model with two inputs, the same value twice and in both orders': (x) => {
    const [a, b] = [tf.input({ shape: SHAPE }), tf.input({ shape: SHAPE })];
    const weighted = apply(convolution('weigh', 3), b);
    const inner = tf.model({
      name: 'two',
      inputs: [a, b],
      outputs: apply(layers.add(), [a, weighted]),
    });
    const changed = apply(convolution('change', 3), x);
    const values = [call(inner, x, x), call(inner, x, changed), call(inner, changed, x)].map(one);
    return pooled(apply(layers.concatenate(), values));
  },
  'a layer that is called three times': (x) => {
    const shared = convolution('shared', 3);
    return pooled(apply(shared, apply(shared, apply(shared, x))));
  },
  'a layer that is called on values of two sizes': (x) => {
    const shared = convolution('shared', 3);
    const half = apply(layers.averagePooling2d({}), x);
    return apply(layers.concatenate(), [pooled(apply(shared, half)), pooled(apply(shared, x))]);
  },
  'a convolution with its normalisation, both called twice': (x) => {
    const [shared, shift] = [convolution('shared', 3), normalisation('shift')];
    return pooled(apply(shift, apply(shared, apply(shift, apply(shared, x)))));
  },
  'a dense layer that is called on a flat feature map and on a flat vector': (x) => {
    const shared = layers.dense({ units: 6, name: 'shared_dense' });
    const map = apply(layers.averagePooling2d({ poolSize: [4, 3] }), x);
    const flat = apply(layers.flatten(), map);
    const size = flat.shape[1] as number;
    const vector = apply(layers.dense({ units: size }), pooled(x));
    return apply(layers.add(), [apply(shared, flat), apply(shared, vector)]);
  },
  'a model that is called twice, the second time behind the first': (x) => {
    const inner = graph('g', 1);
    return pooled(one(call(inner, one(call(inner, x)))));
  },
  'a model with two outputs that is called three times': (x) => {
    const inner = graph('g', 2);
    const [a, b] = call(inner, x) as [SymbolicTensor, SymbolicTensor];
    const [, c] = call(inner, a) as [SymbolicTensor, SymbolicTensor];
    const [d] = call(inner, apply(layers.reLU(), a)) as [SymbolicTensor];
    return apply(layers.concatenate(), [b, d, c].map(pooled));
  },
  'a model called twice that calls a model twice': (x) => {
    const inner = graph('inner', 1);
    const image = tf.input({ shape: SHAPE });
    const twice = one(call(inner, one(call(inner, image))));
    const outer = tf.model({ name: 'outer', inputs: image, outputs: twice });
    return pooled(one(call(outer, one(call(outer, x)))));
  },
  'a model that hands its input on': (x) => {
    const image = tf.input({ shape: SHAPE });
    const other = apply(convolution('other'), image);
    const inner = tf.model({ name: 'on', inputs: image, outputs: [image, other] });
    return apply(layers.concatenate(), call(inner, x).map(pooled));
  },
  'an image that is used three times': (x) => {
    const [a, b] = [apply(convolution('a', 3), x), apply(convolution('b', 3), x)];
    return pooled(apply(layers.add(), [a, x, b]));
  },
};

function buildCase(build: Build): LayersModel {
  const image = tf.input({ shape: SHAPE });
  const embedding = apply(layers.dense({ units: 6, name: 'embedding' }), build(image));
  const logits = apply(layers.dense({ units: 3, name: 'logits' }), embedding);
  const model = tf.model({ inputs: image, outputs: [embedding, logits] });
  randomiseWeights(model, 11);
  return model;
}

/** Of the norm. Measured over all cases: embeddings 1.3e-7, logits 3.8e-7. */
const MAX_DIFFERENCE = 2e-6;

describe.each([true, false])('models in models and shared layers, folded: %s', (fold) => {
  it.each(Object.entries(cases))('%s', async (_name, build) => {
    const model = buildCase(build);
    const session = await openConverted(model, { fold });
    const difference = await compareWithTfjs(model, session, { count: 3, batch: 3, seed: 5 });
    await session.close();
    expect(difference.embedding.relativeL2).toBeLessThan(MAX_DIFFERENCE);
    expect(difference.logits.relativeL2).toBeLessThan(MAX_DIFFERENCE);
  });

  it.each([
    ['a model called twice that calls a model twice', 4, 'outer/inner/inner_a/kernel'],
    ['a convolution with its normalisation, both called twice', 2, 'shared/kernel'],
  ])('stores weights once: %s', async (name, convolutions, kernel) => {
    const model = buildCase(cases[name] as Build);
    const graphs = convertLayersModel(await toModelFile(model));
    const { nodes, initializers } = buildClassifier(graphs, { fold }).model.graph;
    expect(nodes.filter(({ opType }) => opType === 'Conv')).toHaveLength(convolutions);
    const kernels = initializers.filter(({ dims }) => dims.length === 4);
    expect(kernels.map((tensor) => tensor.name.replace('/folded', ''))).toEqual([kernel]);
  });
});

describe('layers inside models', () => {
  it('names inner layers by the models that they are in, and says which call it is', async () => {
    const model = buildCase(cases['a model called twice that calls a model twice'] as Build);
    const { layers: converted } = convertLayersModel(await toModelFile(model));
    const calls = converted.map(({ name, call: number }) => `${name}:${number}`);
    expect(calls.filter((name) => name.startsWith('outer/inner/inner_a'))).toEqual(
      [0, 1, 2, 3].map((number) => `outer/inner/inner_a:${number}`),
    );
    expect(converted.filter(({ className }) => className === 'InputLayer')).toHaveLength(1);
  });

  it('refuses two layers of one name in two models, whose weights the file cannot tell apart', async () => {
    const [a, b] = [graph('left', 1), graph('right', 1)];
    const model = buildCase((x) => pooled(one(call(b, one(call(a, x))))));
    const file = await toModelFile(model);
    const renamed = JSON.parse(
      JSON.stringify(file.topology).replaceAll('right_', 'left_'),
    ) as unknown;
    expect(() => convertLayersModel({ ...file, topology: renamed })).toThrow(
      expect.objectContaining({
        code: 'RUN_INVALID',
        message: expect.stringMatching(
          /"left_a\/kernel" belongs to both "left\/left_a" and "right\/left_a"/u,
        ),
      }),
    );
  });

  it('lists what is unsupported inside models too, once, however often it is called', async () => {
    const image = tf.input({ shape: SHAPE });
    const masked = apply(layers.masking({ name: 'mask' }), image);
    const inner = tf.model({ name: 'in', inputs: image, outputs: masked });
    const model = buildCase((x) =>
      pooled(apply(layers.masking({ name: 'out' }), one(call(inner, one(call(inner, x)))))),
    );
    const file = await toModelFile(model);
    expect(() => convertLayersModel(file)).toThrow(
      expect.objectContaining({
        code: 'LAYER_UNSUPPORTED',
        message: expect.stringMatching(
          /cannot write 2 layers: "in\/mask" \(Masking\).*; "out" \(Masking\)/u,
        ),
      }),
    );
  });
});
